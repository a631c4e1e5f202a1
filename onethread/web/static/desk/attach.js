// Files for an answer: picked, pasted or dropped; each goes up at once and is sent with the answer.
const FILES_MAX = 10;
const GONE = "The desk cannot be reached. Attach it again when it is back.";
let target = null;

/** Give a form its button, and let it take files that are pasted into it or dropped anywhere in `drop`. */
export function attachTo(form, { drop, report, announce }) {
  const pick = form.querySelector("[data-pick]");
  const button = form.querySelector("[data-attach]");
  const take = (files) => {
    for (const file of files) add(form, file, Number(pick.dataset.max), report, announce);
  };
  button.hidden = false;
  button.addEventListener("click", () => pick.click());
  pick.addEventListener("change", () => {
    take(pick.files);
    pick.value = "";
  });
  form.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  if (!target) listen(drop);
  target = { form, take };
}

// Dropping works all over the conversation; without a form to answer with, nothing happens.
function listen(drop) {
  const isOpen = () => target?.form.isConnected;
  const mark = (on) => drop.classList.toggle("is-target", on);
  drop.addEventListener("dragover", (event) => {
    if (!isOpen() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) mark(false);
  });
  drop.addEventListener("drop", (event) => {
    mark(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    if (isOpen()) target.take(event.dataTransfer.files);
  });
}

/** Whether a file of this form is not there yet. */
export function isUploading(form) {
  return Boolean(form.querySelector("[data-uploading]"));
}

/** After sending: nothing is attached any more. */
export function forgetAttached(form) {
  form.querySelector("[data-attached]")?.replaceChildren();
  demand(form);
}

function add(form, file, max, report, announce) {
  const list = form.querySelector("[data-attached]");
  if (list.children.length >= FILES_MAX) return report(`At most ${FILES_MAX} files can be sent at once.`);
  if (file.size > max) return report(`${file.name} is larger than ${Math.floor(max / 1e6)} MB.`);
  const item = made("li", "attached-file");
  const name = made("bdi", "", file.name || "Picture");
  const about = made("span", "soft", "0 %");
  const bar = made("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Uploading ${file.name}`);
  const remove = made("button", "quiet", "Remove");
  remove.type = "button";
  remove.setAttribute("aria-label", `Remove ${file.name}`);
  item.dataset.uploading = "yes";
  item.append(name, about, bar, remove);
  list.append(item);

  const ask = new XMLHttpRequest();
  const fail = (why) => {
    item.remove();
    demand(form);
    report(`${file.name || "The picture"}: ${why}`);
  };
  remove.addEventListener("click", () => {
    ask.abort();
    item.remove();
    demand(form);
    form.querySelector("textarea").focus();
  });
  ask.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    about.textContent = `${Math.round(bar.value * 100)} %`;
  });
  ask.addEventListener("error", () => fail(GONE));
  ask.addEventListener("load", () => {
    const said = answerOf(ask);
    if (ask.status !== 201) return fail(said.error ?? "it was not taken.");
    delete item.dataset.uploading;
    bar.remove();
    name.textContent = said.name;
    about.textContent = said.about;
    const id = made("input");
    id.type = "hidden";
    id.name = "file";
    id.value = said.id;
    item.append(id);
    demand(form);
    announce(`${said.name} is attached.`);
  });
  ask.open("POST", "/desk/files");
  ask.setRequestHeader("accept", "application/json");
  ask.setRequestHeader("content-type", "application/octet-stream");
  ask.setRequestHeader("x-csrf", form.querySelector('[name="csrf"]').value);
  ask.setRequestHeader("x-file-name", encodeURIComponent(file.name).slice(0, 2000));
  ask.send(file);
}

// A text is only needed where no file is.
function demand(form) {
  form.querySelector("textarea").required = !form.querySelector('[name="file"]');
}

function answerOf(ask) {
  try {
    return JSON.parse(ask.responseText);
  } catch {
    return {};
  }
}

function made(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}
