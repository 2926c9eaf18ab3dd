// Keeps the shell of the studio, so that it opens while the server is away. What the API says is never kept.
const SHELL = "comfyvn-shell";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.add("/")).then(() => skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// What the page had loaded before this worker saw its requests.
addEventListener("message", ({ data }) => {
  caches.open(SHELL).then(async (shell) => {
    for (const url of data) if (!(await shell.match(url))) await shell.add(url);
  });
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && /^\/($|p\/|studio\/)/.test(pathname)) event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request) {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shell.put("/", answer.clone());
    return answer;
  } catch (error) {
    const kept = await shell.match("/");
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const others = await shell.keys();
    if (others.length > 120) await Promise.all(others.slice(1, 60).map((old) => shell.delete(old)));
    await shell.put(request, answer.clone());
  }
  return answer;
}
