// The official client, unmodified, pointed at Photoplay in the two ways that its users have.

import { createFalClient } from "@fal-ai/client";

const SERVER = process.env.PHOTOPLAY_SERVER; // "http://127.0.0.1:8420"

// Which part of Photoplay plays which of fal's hosts.
const ROLES = {
  "queue.fal.run": "/queue",
  "fal.run": "/run",
  "rest.fal.ai": "/rest",
};

const POINTED = {
  proxy: { proxyUrl: { url: `${SERVER}/fal/proxy`, when: "always" } },
  middleware: {
    requestMiddleware: async (request) => {
      const { host, pathname, search } = new URL(request.url);
      return { ...request, url: `${SERVER}${ROLES[host]}${pathname}${search}` };
    },
  },
};

export const fal = createFalClient({
  ...POINTED[process.env.PHOTOPLAY_BY],
  credentials: process.env.FAL_KEY,
});
