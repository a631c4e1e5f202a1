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
    fragment.append(anchorTo(url, shown));
    at = match.index + shown.length;
  }
  fragment.append(text.slice(at));
  return fragment;
}

// The same, with what is bold or a named link in it: spans of [start, end), which may nest.
export function marked(text, spans) {
  const borders = new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])]);
  const fragment = document.createDocumentFragment();
  [...borders].sort((a, b) => a - b).reduce((start, end) => {
    const piece = text.slice(start, end);
    const here = spans.filter((span) => span.start <= start && end <= span.end);
    const link = here.find((span) => span.link);
    const url = link && toUrl(link.link);
    const shown = url ? anchorTo(url, piece) : linkify(piece);
    if (here.some((span) => !span.link)) {
      const bold = document.createElement("strong");
      bold.append(shown);
      fragment.append(bold);
    } else fragment.append(shown);
    return end;
  });
  return fragment;
}

function anchorTo(url, shown) {
  const anchor = document.createElement("a");
  anchor.href = url.href;
  anchor.textContent = shown;
  if (url.protocol.startsWith("http")) {
    anchor.rel = "noopener noreferrer nofollow";
    anchor.target = "_blank";
  }
  return anchor;
}

function toUrl(shown) {
  try {
    const url = new URL(/^(?:https?:\/\/|mailto:|tel:)/iu.test(shown) ? shown : `mailto:${shown}`);
    return SCHEMES.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
