// The page: whose phones are shown, which one on a narrow screen, and the live line to the simulator.
import * as server from "./server.js";
import { Phone } from "./phone.js";
import { Webchat } from "./webchat.js";

const ORDER = ["sms", "whatsapp", "whatsapp_twilio", "telegram"];
const find = (id) => document.getElementById(id);
const news = new Map(); // "p1/sms" -> the last known state of that phone
const phones = new Map(); // "sms" -> Phone
const others = new Map(); // a second phone in a place, by its line
let people = [];
let person = null;

const recall = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* forgotten on reload */ } };

function choosePerson(key) {
  person = people.find((one) => one.key === key) ?? people[0];
  keep("person", person.key);
  drawPeople();
  for (const [line, phone] of [...phones, ...others]) phone.show(person, news.get(`${person.key}/${line}`));
}

function drawPeople() {
  const group = find("people");
  const focused = group.contains(document.activeElement);
  group.replaceChildren(...people.map((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.name;
    button.setAttribute("aria-pressed", String(one.key === person?.key));
    button.addEventListener("click", () => choosePerson(one.key));
    return button;
  }));
  if (focused) group.querySelector("[aria-pressed=true]")?.focus();
}

function addPhone(key, phone) {
  phones.set(key, phone);
  find("phones").append(phone.root);
  const tab = document.createElement("button");
  tab.type = "button";
  tab.id = `tab-${key}`;
  tab.textContent = phone.title;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", phone.root.id);
  tab.addEventListener("click", () => chooseTab(key));
  find("tabs").append(tab);
}

// The shop has two WhatsApp numbers, at Meta and at Twilio: one place, one phone shown there at a time.
function addOther(place, key, other) {
  const first = phones.get(place);
  others.set(key, other);
  first.root.after(other.root);
  const swap = (shown, hidden) => {
    hidden.root.hidden = true;
    shown.root.hidden = false;
    shown.root.classList.toggle("chosen", hidden.root.classList.contains("chosen"));
    shown.root.querySelector(".switch").focus();
  };
  first.addSwitch("At Twilio", () => swap(other, first));
  other.addSwitch("At Meta", () => swap(first, other));
  other.root.hidden = true;
}

function chooseTab(key, focus = false) {
  const wanted = phones.has(key) ? key : phones.keys().next().value;
  keep("tab", wanted);
  for (const [name, phone] of phones) {
    const tab = find(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === wanted));
    tab.tabIndex = name === wanted ? 0 : -1;
    tab.classList.toggle("new", name !== wanted && tab.classList.contains("new"));
    phone.root.classList.toggle("chosen", name === wanted);
    if (name === "whatsapp") for (const other of others.values()) other.root.classList.toggle("chosen", name === wanted);
    if (focus && name === wanted) tab.focus();
  }
}

find("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const keys = [...phones.keys()];
  const now = keys.findIndex((key) => find(`tab-${key}`).getAttribute("aria-selected") === "true");
  chooseTab(keys[(now + step + keys.length) % keys.length], true);
});

find("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const problem = form.querySelector(".problem");
  try {
    const added = await server.addPerson(Object.fromEntries(new FormData(form)));
    problem.textContent = "";
    form.reset();
    find("adding").open = false;
    if (!people.some((one) => one.key === added.key)) people.push(added);
    choosePerson(added.key);
    find("people").querySelector("[aria-pressed=true]").focus();
  } catch (error) {
    problem.textContent = error.message;
  }
});

// An open menu closes on Escape, or when something else is pressed.
const openMenus = () => document.querySelectorAll("details.pop[open]");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

function changed(what) {
  if (what.people) {
    people = what.people;
    drawPeople();
    return;
  }
  news.set(`${what.person}/${what.line}`, what);
  if (what.person !== person.key) return;
  (phones.get(what.line) ?? others.get(what.line))?.draw(what);
  find(`tab-${what.line}`)?.classList.toggle("new", find(`tab-${what.line}`).getAttribute("aria-selected") !== "true");
}

async function start() {
  const state = await server.state();
  people = state.people;
  const place = (line) => ORDER.indexOf(line.key);
  for (const line of state.lines.toSorted((one, other) => place(one) - place(other))) {
    const phone = new Phone(find("phone"), line);
    if (line.key === "whatsapp_twilio" && phones.has("whatsapp")) addOther("whatsapp", line.key, phone);
    else addPhone(line.key, phone);
  }
  if (state.house) addPhone("webchat", new Webchat(find("widget"), state.house));
  choosePerson(recall("person"));
  chooseTab(recall("tab"));
  server.listen(changed, (up) => {
    find("link").textContent = up ? "" : "The simulator does not answer; trying again…";
  });
}

start().catch((error) => { find("link").textContent = error.message; });
