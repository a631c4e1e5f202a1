// What the page asks of the simulator, and what the simulator tells it.

async function ask(path, body, headers = { "content-type": "application/json" }) {
  let answer;
  try {
    answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body });
  } catch {
    throw new Error("The simulator does not answer.");
  }
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? null : answer.json();
}

export const state = () => ask("/state");
export const act = (said) => ask("/act", JSON.stringify(said));
export const addPerson = (said) => ask("/people", JSON.stringify(said));
export const command = (platform, name, said) => ask(`/${platform}/control/${name}`, JSON.stringify(said));

// Keeps a file at a platform; the answer's `file` goes into an act.
export function keepFile(platform, file) {
  const path = `/${platform}/control/files?name=${encodeURIComponent(file.name)}`;
  return ask(path, file, { "content-type": file.type || "application/octet-stream" });
}

// Calls `changed` with each phone that changed, missed ones too, and `linked` with whether the line is up.
export function listen(changed, linked) {
  const source = new EventSource("/live");
  source.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  source.onopen = () => linked(true);
  source.onerror = () => linked(false);
}
