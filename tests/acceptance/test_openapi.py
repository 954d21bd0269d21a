"""Our OpenAPI documents, judged by schemathesis: what is sent by them is answered by them."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.rigs.malformed import picture
from tests.rigs.photoplay import Server

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance"
KLING = "fal-ai/kling-video"
VEO = "fal-ai/veo3.1"
ENDPOINTS = [
    f"{KLING}/v3/pro/image-to-video",
    f"{KLING}/v3/standard/text-to-video",
    f"{KLING}/o3/pro/reference-to-video",
    f"{KLING}/v2.6/standard/motion-control",
    f"{VEO}/fast/image-to-video",
]
# By app, a request that is rendered, so that its status and its result can be asked for.
RENDERED = {
    KLING: ("v3/pro/image-to-video", "start_image_url"),
    VEO: ("fast/image-to-video", "image_url"),
}


@pytest.fixture(scope="module")
def request_ids(photoplay_server: Server) -> dict[str, str]:
    """By app, the id of a request that has ended."""
    headers = {"authorization": f"Key {photoplay_server.key}"}
    still = f"data:image/png;base64,{base64.b64encode(picture()).decode()}"
    found = {}
    for app, (path, field) in RENDERED.items():
        url, body = f"{photoplay_server.url}/run/{app}/{path}", {"prompt": "push in", field: still}
        ended = httpx.post(url, json=body, headers=headers, timeout=30)
        assert ended.status_code == 200, ended.text
        found[app] = ended.headers["x-fal-request-id"]
    return found


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_a_document_allows_or_forbids_is_never_a_server_error(
    endpoint: str, photoplay_server: Server, request_ids: dict[str, str], tmp_path: Path
) -> None:
    finished = request_ids["/".join(endpoint.split("/")[:2])]
    (tmp_path / "schemathesis.toml").write_text(f'[parameters]\nrequest_id = "{finished}"\n')
    document = f"{photoplay_server.url}/api/openapi/queue/openapi.json?endpoint_id={endpoint}"
    command = [str(SCHEMATHESIS), "run", document, "--url", f"{photoplay_server.url}/queue"]
    command += ["--header", f"Authorization: Key {photoplay_server.key}", "--checks", CHECKS]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "1"]
    judged = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr + photoplay_server.troubles()
    [sent, passed] = map(int, re.findall(r"(\d+) generated, (\d+) passed", judged.stdout)[0])
    assert sent == passed > 100
    assert "4 selected / 4 total" in judged.stdout
