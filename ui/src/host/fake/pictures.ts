// Pictures for the made-up day, drawn when asked for: a display, a label, seals, a place.
import type { PhotoVariant } from '../host';

/** What a made-up photo shows, by its made-up hash: `reading-1`, `seal-2`. */
export function picture(hash: string, variant: PhotoVariant): string {
  const [what = 'site'] = hash.split('-');
  const scene = SCENES[what] ?? SCENES['site'] ?? '';
  const mark =
    variant === 'watermarked'
      ? `<rect x="0" y="540" width="800" height="60" fill="#000a"/><text x="20" y="580" font-size="28" fill="#fff" font-family="sans-serif">2026-08-14 09:41 ± 2 s · 34.771° 113.672°</text>`
      : '';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">${scene}${mark}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const WALL =
  '<rect width="800" height="600" fill="#8c8a82"/><rect width="800" height="600" fill="url(#g)"/><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#fff3"/><stop offset="1" stop-color="#0006"/></linearGradient></defs>';
const METER =
  '<rect x="180" y="60" width="440" height="500" rx="28" fill="#e9e7df" stroke="#7d7a70" stroke-width="6"/>';
const SCENES: { [what: string]: string } = {
  reading: `${WALL}${METER}<rect x="240" y="140" width="320" height="120" rx="10" fill="#9fb8a0"/><text x="400" y="222" font-family="monospace" font-weight="700" font-size="50" text-anchor="middle" fill="#1b2a1e">012345.67</text><circle cx="290" cy="330" r="12" fill="#b33"/><rect x="240" y="380" width="320" height="110" fill="#fff"/><g fill="#111">${bars(252, 395, 296, 60)}</g>`,
  nameplate: `${WALL}${METER}<rect x="230" y="200" width="340" height="180" fill="#fff"/><g fill="#111">${bars(245, 220, 310, 90)}</g><text x="400" y="350" font-family="monospace" font-size="24" text-anchor="middle" fill="#111">4130001000000000000012</text>`,
  seal: `${WALL}<rect x="120" y="120" width="560" height="360" rx="20" fill="#d8d5ca"/><rect x="270" y="240" width="260" height="110" rx="16" fill="#2d6fb5"/><text x="400" y="310" font-family="monospace" font-weight="700" font-size="44" text-anchor="middle" fill="#fff">0017 3342</text>`,
  wiring: `${WALL}<rect x="120" y="360" width="560" height="150" fill="#333"/><g stroke-width="22" fill="none"><path d="M200 370V40" stroke="#b33"/><path d="M320 370V40" stroke="#2a63c9"/><path d="M440 370C440 200 520 200 520 40" stroke="#b33"/><path d="M560 370V40" stroke="#2a63c9"/></g>`,
  terminal: `${WALL}<rect x="220" y="100" width="360" height="420" rx="20" fill="#dfe3e6" stroke="#667" stroke-width="6"/><rect x="280" y="150" width="240" height="90" fill="#7fa08a"/><g fill="#3a8f4a"><circle cx="300" cy="290" r="12"/><circle cx="350" cy="290" r="12"/><circle cx="400" cy="290" r="12"/></g>`,
  site: `<rect width="800" height="600" fill="#a9c3d9"/><rect y="380" width="800" height="220" fill="#9b8f78"/><rect x="80" y="150" width="420" height="320" fill="#c9b79a"/><polygon points="60,160 290,50 520,160" fill="#8d5a44"/><rect x="540" y="220" width="150" height="230" fill="#788" stroke="#455" stroke-width="6"/><rect x="560" y="245" width="110" height="70" fill="#cdd"/>`,
};

function bars(x: number, y: number, width: number, height: number): string {
  let out = '';
  for (let i = 0, at = x; at < x + width; i++) {
    const thick = 2 + ((i * 7) % 5);
    out += `<rect x="${String(at)}" y="${String(y)}" width="${String(thick)}" height="${String(height)}"/>`;
    at += thick + 3 + ((i * 5) % 4);
  }
  return out;
}
