// Shows one phone per number, live. The server's state is the truth; this page only draws it.

const FIRST = "+15551230001";
const HINTS = ["Where is my order 1042?", "and when does it arrive?", "I want to talk to a person", "STOP", "START"];
const STATES = {
  sending: "sending…", delivered: "delivered", queued: "queued", sent: "sent", undelivered: "not delivered",
};

const main = document.getElementById("phones");
const link = document.getElementById("link");
const template = document.getElementById("phone");
const shown = new Map(); // number -> { root, drawn }

const kept = () => {
  try { return JSON.parse(sessionStorage.getItem("phones")) ?? [FIRST]; } catch { return [FIRST]; }
};
const keep = () => sessionStorage.setItem("phones", JSON.stringify([...shown.keys()]));

function addPhone(number) {
  if (shown.has(number)) return shown.get(number);
  const root = template.content.firstElementChild.cloneNode(true);
  const [form, box] = [root.querySelector(".write"), root.querySelector("textarea")];
  const id = `text-${number.slice(1)}`;
  root.setAttribute("aria-label", `Phone ${number}`);
  root.querySelector("h2").textContent = number;
  root.querySelector(".avatar").textContent = number.slice(-2);
  root.querySelector(".thread").setAttribute("aria-label", `Messages of ${number}`);
  root.querySelector(".remove").setAttribute("aria-label", `Remove phone ${number}`);
  root.querySelector(".write label").textContent = `Text message from ${number}`;
  root.querySelector(".write label").htmlFor = id;
  box.id = id;
  for (const text of HINTS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => send(number, text, root));
    root.querySelector(".hints").append(button);
  }
  root.querySelector(".remove").addEventListener("click", () => {
    shown.delete(number);
    root.remove();
    keep();
    document.getElementById("number").focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    if (!(await send(number, text, root))) box.value = text;
    box.focus();
  });
  main.append(root);
  shown.set(number, { root, drawn: null });
  keep();
  return shown.get(number);
}

async function send(number, text, root) {
  const problem = root.querySelector(".problem");
  problem.textContent = "";
  try {
    const answer = await fetch("/sms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: number, text }),
    });
    if (answer.ok) return true;
    problem.textContent = `Not sent: ${await answer.text()}`;
  } catch {
    problem.textContent = "Not sent: the simulator does not answer.";
  }
  return false;
}

function bubble(item) {
  const row = document.createElement("li");
  row.className = item.side;
  const text = document.createElement("div");
  text.className = "text";
  text.textContent = item.text;
  const meta = document.createElement("p");
  meta.className = "meta";
  const time = new Date(item.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const state = item.side === "carrier" ? "from the carrier" : (STATES[item.state] ?? item.state);
  meta.textContent = `${time} · ${state}`;
  meta.classList.toggle("bad", /^(failed|undelivered)/.test(item.state));
  row.append(text, meta);
  return row;
}

function draw(number, phone) {
  const entry = shown.get(number);
  const picture = JSON.stringify(phone);
  if (entry.drawn === picture) return;
  const before = entry.drawn ? JSON.parse(entry.drawn).bubbles.length : phone.bubbles.length;
  entry.drawn = picture;
  const thread = entry.root.querySelector(".thread");
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  if (phone.bubbles.length === 0) {
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = "No messages yet. Say something, or try one of the suggestions below.";
    thread.replaceChildren(empty);
  } else {
    thread.replaceChildren(...phone.bubbles.map(bubble));
  }
  if (atEnd) thread.scrollTop = thread.scrollHeight;
  entry.root.querySelector(".note").textContent = phone.stopped ? "stopped: gets nothing until START" : "SMS";
  const news = phone.bubbles.slice(before).filter((item) => item.side !== "out");
  if (news.length) entry.root.querySelector(".spoken").textContent = news.map((item) => item.text).join("\n");
}

async function refresh() {
  const state = await (await fetch("/state")).json();
  document.getElementById("shop").textContent = state.shop;
  for (const number of shown.keys()) draw(number, state.phones[number] ?? { stopped: false, bubbles: [] });
}

let running = null;
let again = false;
function wake() {
  if (running) { again = true; return; }
  running = refresh().catch(() => {}).finally(() => {
    running = null;
    if (again) { again = false; wake(); }
  });
}

document.getElementById("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.getElementById("number");
  const { root } = addPhone(input.value.trim());
  input.value = "";
  wake();
  root.querySelector("textarea").focus();
});

for (const number of kept()) addPhone(number);
wake();
const live = new EventSource("/live");
live.onmessage = wake;
live.onopen = () => { link.textContent = ""; wake(); };
live.onerror = () => { link.textContent = "The simulator does not answer; trying again…"; };
