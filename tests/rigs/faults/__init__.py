"""Purchases under faults and `kill -9`: is anything ever paid twice, or lost?

adapters.py  the hosted engines that are bought from, each with its test server
plans.py     what goes wrong in a purchase, drawn from a seed
child.py     a process that buys, and kills itself at a given place
campaign.py  many purchases at one engine, each seen through to its end and checked
"""
