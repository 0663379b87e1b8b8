// The element's looks, inside its shadow: nothing of the page's styles gets in, and six properties say what may differ.
export const STYLE = `
:host {
  --holdfast-accent: light-dark(#0f6b62, #63c9bb);
  --holdfast-record: #d92f26;
  --holdfast-text: light-dark(#1d2120, #e9ecea);
  --holdfast-soft: light-dark(#59605d, #a5aeaa);
  --holdfast-ground: light-dark(#ffffff, #1d2120);
  --holdfast-radius: 14px;
  display: block;
  max-inline-size: 40rem;
  color: var(--holdfast-text);
  font-family: system-ui, sans-serif;
  color-scheme: light dark;
}
:host([hidden]) { display: none }
.card {
  display: grid;
  gap: 12px;
  padding: 16px;
  border: 1px solid light-dark(#dedbd3, #343b38);
  border-radius: var(--holdfast-radius);
  background: var(--holdfast-ground);
}
video { inline-size: 100%; aspect-ratio: 16 / 9; border-radius: 8px; background: #0e1211 }
video[hidden] { display: none }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px }
button {
  min-block-size: 44px;
  padding-inline: 20px;
  border: 1px solid light-dark(#8a867c, #7d8683);
  border-radius: 999px;
  background: transparent;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button.main { border-color: transparent; background: var(--holdfast-record); color: #fff }
button:focus-visible { outline: 3px solid var(--holdfast-accent); outline-offset: 2px }
button[hidden] { display: none }
progress { inline-size: 100%; accent-color: var(--holdfast-accent) }
p { margin: 0; font-variant-numeric: tabular-nums }
.problem { color: light-dark(#a8231b, #ff9a91) }
`
