// Asks a process of this image whether it is alive: node healthcheck.mjs [url]. The slim image has no curl.
const port = process.env.PORT || '3000';
const url = process.argv[2] ?? `http://127.0.0.1:${port}/healthz`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`status ${response.status}`);
} catch (error) {
  console.error(`${url}: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
