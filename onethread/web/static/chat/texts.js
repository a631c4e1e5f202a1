// Chooses the catalogue of the page's language; what it lacks is said in English.
import en from "./messages/en.js";

const CATALOGUES = { en };

export function textsFor(language) {
  return { ...en, ...(CATALOGUES[language] ?? {}) };
}
