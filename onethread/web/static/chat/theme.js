// Dresses a frame as its site asks: a value of a known name that is what it should be, nothing else.
const KINDS = {
  color: ["brand", "brand-ink", "brand-soft", "ground", "surface", "sunken", "ink", "soft-ink", "line"],
  "border-radius": ["radius"],
  "font-family": ["font"],
};

export function dress(values) {
  const { style } = document.documentElement;
  for (const [property, names] of Object.entries(KINDS))
    for (const name of names) {
      const value = values[name];
      if (typeof value === "string" && value.length < 200 && CSS.supports(property, value))
        style.setProperty(`--${name}`, value);
      else style.removeProperty(`--${name}`);
    }
}
