// Keeps an open desk page fresh: the server says what changed, its own fragments are fetched and swapped in.
import { linkify } from "../shared/linkify.js";
import { attachTo, forgetAttached, isUploading } from "./attach.js";

const BACK_OFF_MS = [500, 1000, 2000, 5000, 10000];
const TYPING_SHOWN_MS = 5000;
const TYPING_SENT_MS = 3000;
const body = document.body;
const shelf = body.dataset.shelf;
const customer = body.dataset.customer;
const asked = new URLSearchParams(location.search);
const isEarlierPage = asked.has("before");
const find = (selector) => document.querySelector(selector);
const line = find("[data-line]");
const list = find("[data-list]");
const thread = find("[data-thread]");
let socket = null;
let tries = 0;

// -- what changes on the page ---------------------------------------------------------------------

async function fragment(path) {
  const answer = await fetch(path, { headers: { "x-fragment": "yes" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function refreshList() {
  const fresh = await fragment(`/desk/fragments/list?shelf=${shelf}`);
  const focused = document.activeElement?.dataset?.id;
  for (const row of fresh.querySelectorAll(".row")) if (row.dataset.id === customer) row.setAttribute("aria-current", "true");
  const waitedBefore = list.querySelectorAll(".row").length;
  for (const part of ["shelves", "stopped", "rows"]) swap(list, fresh, part);
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  const waits = list.querySelectorAll(".row").length;
  if (shelf === "queue" && waits > waitedBefore) announce("One more customer is waiting.");
  dress(list);
}

async function refreshThread() {
  if (!customer || isEarlierPage) return;
  const wanted = new URLSearchParams({ shelf, find: asked.get("find") ?? "" });
  const fresh = await fragment(`/desk/fragments/thread/${customer}?${wanted}`);
  const messages = thread.querySelector(".messages");
  const atEnd = isAtEnd(messages);
  const known = new Set([...messages.querySelectorAll(".said")].map((said) => said.dataset.key));
  const composer = thread.querySelector(".composer");
  // What is being written stays as it is, unless writing is allowed or forbidden now.
  if (composer.dataset.state !== fresh.querySelector(".composer").dataset.state) {
    const kept = thread.querySelector("#answer")?.value ?? "";
    const hadFocus = composer.contains(document.activeElement);
    swap(thread, fresh, "composer");
    const answer = thread.querySelector("#answer");
    if (answer && kept) answer.value = kept;
    if (answer && hadFocus) answer.focus();
    dressComposer();
  }
  const focusedAct = document.activeElement?.dataset?.key;
  swap(thread, fresh, "head");
  // What is being read or typed there stays until it has changed.
  const [who, newWho] = [thread, fresh].map((root) => root.querySelector(".who"));
  if (who && newWho && who.dataset.state !== newWho.dataset.state) {
    newWho.open = who.open;
    swap(thread, fresh, "who");
  }
  if (focusedAct) (thread.querySelector(`[data-key="${CSS.escape(focusedAct)}"]`) ?? messages).focus?.();
  patch(messages, fresh.querySelector(".messages"));
  const now = thread.querySelector(".messages");
  dress(thread);
  if (atEnd) now.scrollTop = now.scrollHeight;
  const added = [...now.querySelectorAll(".said.customer")].filter((said) => !known.has(said.dataset.key));
  if (added.length) announce(`New message: ${added.at(-1).querySelector(".said-text, .said-about, figcaption")?.textContent.trim() ?? ""}`);
}

function swap(root, fresh, part) {
  const old = root.querySelector(`[data-fragment="${part}"]`);
  const young = fresh.querySelector(`[data-fragment="${part}"]`);
  if (!old || !young) return;
  const top = old.scrollTop;
  old.replaceWith(young);
  young.scrollTop = top;
}

// Only what changed is replaced: a film or a voice note that plays goes on.
function patch(old, young) {
  const kept = new Map([...old.children].map((node) => [node.dataset.key, node]));
  const isSame = (node) => node.dataset.key && kept.get(node.dataset.key)?.dataset.version === node.dataset.version;
  const stays = new Set([...young.children].filter(isSame).map((node) => node.dataset.key));
  for (const node of [...old.children]) if (!stays.has(node.dataset.key)) node.remove();
  let at = old.firstElementChild;
  for (const node of [...young.children]) {
    if (stays.has(node.dataset.key)) at = at.nextElementSibling;
    else old.insertBefore(node, at);
  }
}

function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
}

const times = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dates = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

// Local times, and links where the text has some; texts stay texts.
function dress(root) {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    time.textContent = (at.toDateString() === new Date().toDateString() ? times : dates).format(at);
  }
  for (const text of root.querySelectorAll(".said-text:not([data-dressed])")) {
    text.dataset.dressed = "yes";
    text.replaceChildren(linkify(text.textContent));
  }
}

function dressComposer() {
  const form = thread.querySelector('[data-write="answer"]');
  if (form) attachTo(form, { drop: thread, report, announce });
}

function announce(text) {
  find("[data-announce]").textContent = text;
}

function report(problem) {
  const composer = thread.querySelector(".composer");
  let box = composer?.querySelector(".problem");
  if (!box && composer) {
    box = document.createElement("p");
    box.className = "problem";
    box.setAttribute("role", "alert");
    composer.prepend(box);
  }
  if (box) box.textContent = problem;
}

// -- acts -------------------------------------------------------------------------------------------

thread.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const button = event.submitter;
  const target = button?.getAttribute("formaction") ?? form.action;
  if (form.dataset.busy) return;
  if (isUploading(form)) {
    report("A file is still on its way. Press again when it is there.");
    return;
  }
  form.dataset.busy = "yes";
  if (button) button.disabled = true;
  try {
    const answer = await fetch(target, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const said = await answer.json();
    if (answer.ok) {
      thread.querySelector(".composer .problem")?.remove();
      if (form.dataset.write) written(form);
      await Promise.all([refreshThread(), refreshList()]);
      if (said.done === "take") thread.querySelector("#answer")?.focus();
      announce("Done.");
    } else {
      report(answer.status === 401 ? "Your session is over. Reload the page and sign in." : said.error);
      await refreshThread();
    }
  } catch {
    // The text stays; the same request id makes a second press safe.
    report("The desk cannot be reached. Nothing was lost: press again when it is back.");
  } finally {
    delete form.dataset.busy;
    if (button) button.disabled = false;
  }
});

function written(form) {
  form.querySelector("textarea").value = "";
  forgetAttached(form);
  const id = form.querySelector('[name="request_id"]');
  if (id) id.value = crypto.randomUUID();
  const box = thread.querySelector(".messages");
  box.scrollTop = box.scrollHeight;
}

let typedAt = 0;
thread.addEventListener("input", (event) => {
  if (event.target.id !== "answer" || Date.now() - typedAt < TYPING_SENT_MS) return;
  typedAt = Date.now();
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ typing: true }));
});

// -- keys -------------------------------------------------------------------------------------------

const keysBox = find(".keys");
const keysOn = find("[data-keys-on]");
keysOn.checked = localStorage.getItem("onethread.keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("onethread.keys", keysOn.checked ? "on" : "off"));
find("[data-help]").addEventListener("click", () => keysBox.showModal());

addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea, input");
  if (field && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form?.requestSubmit();
    return;
  }
  if (field && event.key === "Escape") field.blur();
  if (field || event.ctrlKey || event.metaKey || event.altKey || keysBox.open || !keysOn.checked) return;
  const act = {
    j: () => step(1),
    k: () => step(-1),
    r: () => thread.querySelector("#answer")?.focus(),
    n: () => openNote(),
    t: () => press("t"),
    b: () => press("b"),
    e: () => press("e"),
    "?": () => keysBox.showModal(),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

function step(by) {
  const rows = [...list.querySelectorAll(".row")];
  const at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((row) => row.hasAttribute("aria-current"));
  rows[Math.min(Math.max(from + by, 0), rows.length - 1)]?.focus();
}

function press(key) {
  thread.querySelector(`[data-acts] [data-key="${key}"]`)?.click();
}

function openNote() {
  const box = thread.querySelector("[data-note]");
  if (!box) return;
  box.open = true;
  box.querySelector("textarea").focus();
}

// -- the line to the server ---------------------------------------------------------------------------

let typingTimer = 0;
const refreshers = {
  list: () => refreshList(),
  thread: () => refreshThread(),
  typing: () => {
    line.textContent = "The customer is writing…";
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => (line.textContent = ""), TYPING_SHOWN_MS);
  },
};
const wanted = new Set();
let isRefreshing = false;

async function refresh(what) {
  wanted.add(what);
  if (isRefreshing) return;
  isRefreshing = true;
  while (wanted.size) {
    const [next] = wanted;
    wanted.delete(next);
    try {
      await refreshers[next]?.();
    } catch {
      line.textContent = "The desk cannot be reached. Trying again…";
    }
  }
  isRefreshing = false;
}

function connect() {
  const url = new URL("/desk/live", location.origin);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  socket.addEventListener("open", () => {
    line.textContent = "";
    body.dataset.live = "yes";
    if (tries) ["list", "thread"].forEach(refresh);
    tries = 0;
    socket.send(JSON.stringify({ watch: customer || null }));
  });
  socket.addEventListener("message", (event) => {
    const what = JSON.parse(event.data).changed;
    refresh(what);
    if (what === "thread") refresh("list");
  });
  socket.addEventListener("close", (event) => {
    if (event.code === 4401) location.reload();
    line.textContent = "Connecting…";
    body.dataset.live = "no";
    const wait = BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)];
    tries += 1;
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
  });
}

dress(document);
dressComposer();
// A picture that comes late makes the thread longer: whoever was at its end stays there.
let staysAtEnd = !isEarlierPage;
thread.addEventListener("scroll", ({ target }) => {
  if (target.matches?.(".messages")) staysAtEnd = isAtEnd(target);
}, true);
thread.addEventListener("load", () => {
  const box = thread.querySelector(".messages");
  if (box && staysAtEnd) box.scrollTop = box.scrollHeight;
}, true);

const messages = thread.querySelector(".messages");
if (messages && !isEarlierPage) messages.scrollTop = messages.scrollHeight;
connect();
