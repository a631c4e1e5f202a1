// Turns links in a text into anchors, everything else into text nodes; never parses HTML.
const LINK = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"']+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;
const TRAILING = /[.,;:!?)\]}'"»…]+$/u;
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

export function linkify(text) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = match[0].replace(TRAILING, "");
    const url = toUrl(shown);
    if (!url) continue;
    fragment.append(text.slice(at, match.index));
    const anchor = document.createElement("a");
    anchor.href = url.href;
    anchor.textContent = shown;
    if (url.protocol.startsWith("http")) {
      anchor.rel = "noopener noreferrer nofollow";
      anchor.target = "_blank";
    }
    fragment.append(anchor);
    at = match.index + shown.length;
  }
  fragment.append(text.slice(at));
  return fragment;
}

function toUrl(shown) {
  try {
    const url = new URL(/^(?:https?:\/\/|mailto:|tel:)/iu.test(shown) ? shown : `mailto:${shown}`);
    return SCHEMES.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
