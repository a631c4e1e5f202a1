// What the customer has seen, and how the page asks for attention: the title, the launcher's badge, a sound.
const SOUND = "onethread.sound";

export class Attention {
  #unread = 0;
  #embedded;
  // A frame cannot know whether its window has the focus: the site around it says so.
  #focused;
  #audio = null;
  hasSound = false;

  constructor(embedded) {
    this.#embedded = embedded;
    this.#focused = !embedded;
    try {
      this.hasSound = localStorage.getItem(SOUND) === "on";
    } catch {
      // Storage may be switched off.
    }
  }

  set focused(is) {
    this.#focused = is;
  }

  // Whether somebody looks at this page: visible, with the focus, and not a closed frame.
  isWatched(scroller) {
    const focused = this.#embedded ? this.#focused : document.hasFocus();
    return !document.hidden && focused && scroller.clientHeight > 0;
  }

  count(more, isNew) {
    this.#unread += more;
    if (isNew && this.hasSound) this.#ring();
    this.#show();
  }

  clear() {
    if (!this.#unread) return;
    this.#unread = 0;
    this.#show();
  }

  sound(on) {
    this.hasSound = on;
    if (on) this.#ring();
    try {
      localStorage.setItem(SOUND, on ? "on" : "off");
    } catch {
      // It is then off again after a reload.
    }
  }

  #show() {
    const title = document.title.replace(/^\(\d+\) /u, "");
    document.title = this.#unread ? `(${this.#unread}) ${title}` : title;
    if (this.#embedded) parent.postMessage({ onethread: "unread", count: this.#unread }, "*");
  }

  #ring() {
    this.#audio ??= new AudioContext();
    const [tone, volume, now] = [this.#audio.createOscillator(), this.#audio.createGain(), this.#audio.currentTime];
    tone.frequency.setValueAtTime(660, now);
    tone.frequency.setValueAtTime(880, now + 0.09);
    volume.gain.setValueAtTime(0.08, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.3);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + 0.3);
  }
}
