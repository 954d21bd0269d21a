// What users of the official client do, against a running server. See tests/rigs/js.py.
//
// PHOTOPLAY_SERVER its URL, PHOTOPLAY_BY "proxy" or "middleware", FAL_KEY a key,
// PHOTOPLAY_STILL a picture, PHOTOPLAY_SLOW a prompt that renders for minutes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ApiError, ValidationError } from "@fal-ai/client";
import { fal } from "./clients.mjs";

const ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video";
const SLOW = process.env.PHOTOPLAY_SLOW;
const PNG = await readFile(process.env.PHOTOPLAY_STILL);
const STILL = `data:image/png;base64,${PNG.toString("base64")}`;
const INPUT = { prompt: "slow push in", start_image_url: STILL, duration: "3" };

async function fetched(url) {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { bytes, type: response.headers.get("content-type") };
}

async function assertIsClip(video) {
  assert.equal(video.content_type, "video/mp4");
  const { bytes, type } = await fetched(video.url);
  assert.equal(type, "video/mp4");
  assert.equal(bytes.length, video.file_size);
  assert.equal(bytes.toString("latin1", 4, 8), "ftyp");
}

test("subscribe by polling brings the clip", async () => {
  const statuses = [];
  let enqueued;
  const result = await fal.subscribe(ENDPOINT, {
    input: INPUT,
    logs: true,
    pollInterval: 50,
    onEnqueue: (requestId) => (enqueued = requestId),
    onQueueUpdate: (update) => statuses.push(update),
  });
  assert.equal(result.requestId, enqueued);
  assert.equal(statuses.at(-1).status, "COMPLETED");
  assert.ok(statuses.at(-1).logs.length > 0);
  assert.ok(statuses.at(-1).metrics.inference_time > 0);
  await assertIsClip(result.data.video);
});

test("subscribe by streaming brings the clip, and every log line once", async () => {
  let last;
  const result = await fal.subscribe(ENDPOINT, {
    input: INPUT,
    logs: true,
    mode: "streaming",
    onQueueUpdate: (update) => (last = update),
  });
  await assertIsClip(result.data.video);
  const polled = await fal.queue.status(ENDPOINT, { requestId: result.requestId, logs: true });
  assert.deepEqual(last.logs, polled.logs);
});

test("a stream of the status ends with COMPLETED", async () => {
  const { request_id: requestId } = await fal.queue.submit(ENDPOINT, { input: INPUT });
  const stream = await fal.queue.streamStatus(ENDPOINT, { requestId, logs: true });
  const seen = [];
  for await (const update of stream) seen.push(update.status);
  const last = await stream.done();
  assert.equal(last.status, "COMPLETED");
  assert.equal(seen.at(-1), "COMPLETED");
  assert.equal(seen.filter((status) => status === "COMPLETED").length, 1);
});

test("a synchronous run brings the clip", async () => {
  const { data, requestId } = await fal.run(ENDPOINT, { input: INPUT });
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  await assertIsClip(data.video);
});

test("a Blob inside the input is uploaded and rendered", async () => {
  const input = { ...INPUT, start_image_url: new Blob([PNG], { type: "image/png" }) };
  const { data } = await fal.subscribe(ENDPOINT, { input, pollInterval: 50 });
  await assertIsClip(data.video);
});

test("an upload comes back as it was", async () => {
  const url = await fal.storage.upload(new File([PNG], "still.png", { type: "image/png" }));
  const { bytes, type } = await fetched(url);
  assert.ok(bytes.equals(PNG));
  assert.equal(type, "image/png");
});

test("an upload of more than 90 MB comes back as it was", async () => {
  const size = 91 * 1024 * 1024 + 17;
  const part = Buffer.alloc(1024 * 1024, "photoplay");
  const whole = Buffer.concat(Array(92).fill(part)).subarray(0, size);
  const url = await fal.storage.upload(new File([whole], "whole.bin"));
  const { bytes } = await fetched(url);
  assert.ok(bytes.equals(whole));
});

test("a running request is cancelled", async () => {
  const input = { ...INPUT, prompt: SLOW };
  const { request_id: requestId } = await fal.queue.submit(ENDPOINT, { input });
  await assert.rejects(fal.queue.result(ENDPOINT, { requestId }), (error) => {
    assert.ok(error instanceof ApiError);
    return error.status === 400;
  });
  await fal.queue.cancel(ENDPOINT, { requestId });
  const ended = await fal.queue.subscribeToStatus(ENDPOINT, { requestId, pollInterval: 50 });
  assert.equal(ended.error_type, "client_cancelled");
  await assert.rejects(fal.queue.cancel(ENDPOINT, { requestId }), (error) => {
    assert.deepEqual(error.body, { status: "ALREADY_COMPLETED" });
    return error.status === 400;
  });
});

test("a subscription that takes too long cancels its request", async () => {
  let requestId;
  const waiting = fal.subscribe(ENDPOINT, {
    input: { ...INPUT, prompt: SLOW },
    timeout: 700,
    pollInterval: 50,
    onEnqueue: (id) => (requestId = id),
  });
  await assert.rejects(waiting, /timed out/);
  const ended = await fal.queue.subscribeToStatus(ENDPOINT, { requestId, pollInterval: 50 });
  assert.equal(ended.error_type, "client_cancelled");
});

test("an unknown request is not found", async () => {
  const requestId = "00000000-0000-4000-8000-000000000000";
  await assert.rejects(fal.queue.cancel(ENDPOINT, { requestId }), (error) => {
    assert.deepEqual(error.body, { status: "NOT_FOUND" });
    return error instanceof ApiError && error.status === 404;
  });
  await assert.rejects(fal.queue.result(ENDPOINT, { requestId }), { status: 404 });
});

test("an invalid input is a ValidationError that names the field", async () => {
  const input = { ...INPUT, duration: "99" };
  await assert.rejects(fal.queue.submit(ENDPOINT, { input }), (error) => {
    assert.ok(error instanceof ValidationError);
    const [found] = error.getFieldErrors("duration");
    assert.deepEqual(found.loc, ["body", "duration"]);
    assert.equal(error.fieldErrors.length, 1);
    assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    return error.status === 422;
  });
});

test("a wrong endpoint is not found", async () => {
  const wrong = "fal-ai/kling-video/v3/prro/image-to-video";
  await assert.rejects(fal.queue.submit(wrong, { input: INPUT }), { status: 404 });
});
