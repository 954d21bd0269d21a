"""The HTTP server: fal's queue contract, uploads and media over the tables of `jobs` and `assets`.

`services.open_services` builds what it needs, `app.create_app` the application.
"""
