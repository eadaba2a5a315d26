// Labels and meters drawn as a camera sees them: real Code 128, so that real eyes can read them too.

/** Widths of bars and gaps of each symbol, by value; the last is the stop. Source: ISO/IEC 15417. */
const WIDTHS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232';

/** The digits of a number of even length as Code 128-C: widths in modules, a bar first. */
export function code128(digits) {
  const pairs = digits.match(/../g).map(Number);
  const check = pairs.reduce((sum, value, at) => sum + value * (at + 1), 105) % 103;
  const symbols = [105, ...pairs, check].map((value) => WIDTHS.slice(value * 6, value * 6 + 6));
  return [...symbols.join(''), ...'2331112'].map(Number);
}

/** The bars as the stripes of a picture, `module` pixels to a module. */
function bars(digits, module, height) {
  let x = 0;
  const stripes = code128(digits).map((width, at) => {
    const stripe = at % 2 === 0 ? `<rect x="${x * module}" width="${width * module}" height="${height}"/>` : '';
    x += width;
    return stripe;
  });
  return `<svg width="${x * module}" height="${height}" fill="#111">${stripes.join('')}</svg>`;
}

/** A white label: bars and the number below them. */
export function label(digits, module = 3, height = 110) {
  return `<div style="background:#fff;padding:${module * 10}px;padding-bottom:10px;text-align:center;font:${module * 9}px monospace;color:#111;display:inline-block">${bars(digits, module, height)}<div>${digits}</div></div>`;
}

/** A meter: its display, and its label below. */
export function meter(digits, shows = '000000.00', module = 3) {
  return `<div style="padding:40px 36px;border-radius:36px;background:#eceae2;box-shadow:0 30px 60px #0008;display:grid;gap:36px;justify-items:center">
    <div style="background:#9fb8a0;border-radius:10px;padding:16px 50px;font:700 64px monospace;color:#1b2a1e">${shows}</div>${label(digits, module)}</div>`;
}

/** A wall with things on it, turned a little as no hand holds a tablet straight. */
export function wall(things, turn = -1.2) {
  return `<body style="margin:0;background:linear-gradient(120deg,#a9a69c,#6d6a62);height:100vh;overflow:hidden"><div style="height:100%;display:flex;gap:60px;align-items:center;justify-content:center;transform:rotate(${turn}deg)">${things.join('')}</div></body>`;
}
