// Drawn stand-ins for field photos, so that the desk can be seen and tested without a gateway. Everything here is made up.

const W = 1600;
const H = 1200;

/** A scene as an SVG file. */
function svg(body: string, tint = '#5d6660'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${W}" height="${H}" viewBox="0 0 ${W} ${H}">
<defs><linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#8c8f86"/><stop offset="1" stop-color="${tint}"/></linearGradient>
<linearGradient id="case" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#f2f3ee"/><stop offset="1" stop-color="#c9ccc4"/></linearGradient>
<linearGradient id="lcd" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#a9bda6"/><stop offset="1" stop-color="#8fa58e"/></linearGradient>
<filter id="soft"><feGaussianBlur stdDeviation="9"/></filter><filter id="far"><feGaussianBlur stdDeviation="3"/></filter></defs>
<rect width="${W}" height="${H}" fill="url(#wall)"/>
<g stroke="#00000018" stroke-width="6">${Array.from({ length: 9 }, (_, i) => `<path d="M0 ${String(i * 140)}h${String(W)}"/>`).join('')}</g>${body}</svg>`;
}

function bars(x: number, y: number, seed: string): string {
  let at = x;
  return [...seed.repeat(3)]
    .map((digit, i) => {
      const wide = 4 + (Number(digit) % 4) * 3;
      const bar = i % 2 === 0 ? `<rect x="${String(at)}" y="${String(y)}" width="${String(wide)}" height="70"/>` : '';
      at += wide;
      return bar;
    })
    .join('');
}

/** A meter with its display, nameplate and cover seals. */
export function meter(no: string, shown: string, unit: string, flaw: 'none' | 'glare' | 'blurred' = 'none'): string {
  const glare = flaw === 'glare' ? '<ellipse cx="930" cy="430" rx="230" ry="60" fill="#fff" opacity=".86" filter="url(#soft)" transform="rotate(-18 930 430)"/>' : '';
  return svg(`<g ${flaw === 'blurred' ? 'filter="url(#soft)"' : ''} transform="rotate(-1.5 800 600)">
<rect x="440" y="150" width="720" height="900" rx="40" fill="url(#case)" stroke="#83887f" stroke-width="6"/>
<rect x="520" y="240" width="560" height="250" rx="18" fill="#1d2522"/><rect x="545" y="265" width="510" height="200" rx="8" fill="url(#lcd)"/>
<text x="1010" y="400" text-anchor="end" font-family="DejaVu Sans Mono,monospace" font-weight="700" font-size="104" fill="#17261b">${shown}</text>
<text x="570" y="305" font-family="sans-serif" font-size="26" fill="#17261b">当前 正向有功 总</text><text x="1030" y="448" text-anchor="end" font-family="sans-serif" font-size="28" fill="#17261b">${unit}</text>
<g fill="#222"><text x="540" y="560" font-family="sans-serif" font-size="30">单相费控智能电能表</text><text x="540" y="602" font-family="sans-serif" font-size="24">220V 5(60)A 50Hz 1200imp/kWh</text>${bars(540, 640, no)}<text x="540" y="745" font-family="monospace" font-size="30">${no}</text></g>
<circle cx="1030" cy="590" r="16" fill="#c33"/><circle cx="1030" cy="650" r="16" fill="#4a4f4a"/>
<rect x="470" y="800" width="660" height="210" rx="20" fill="#b9bdb4" stroke="#868b82" stroke-width="5"/><circle cx="560" cy="905" r="26" fill="#7a3b2b"/><circle cx="1040" cy="905" r="26" fill="#3b4f8a"/>
<path d="M620 1050v150M720 1050v150M880 1050v150M980 1050v150" stroke="#30343a" stroke-width="24"/></g>${glare}`);
}

/** What a reader cut out: a label's bars with their number, or a row of digits, at times behind glare. */
export function row(text: string, what: 'bars' | 'digits' | 'glare'): string {
  const body =
    what === 'bars' ? `<rect width="640" height="120" fill="#f4f4ee"/><g transform="translate(24 14)">${bars(0, 0, text)}</g><text x="320" y="110" text-anchor="middle" font-family="monospace" font-size="24">${text}</text>`
    : `<rect width="640" height="120" fill="#9db19b"/><text x="610" y="92" text-anchor="end" font-family="DejaVu Sans Mono,monospace" font-weight="700" font-size="96" fill="#17261b">${text}</text>`;
  const glare = what === 'glare' ? '<ellipse cx="420" cy="52" rx="190" ry="52" fill="#fff" opacity=".92"/>' : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="120" viewBox="0 0 640 120">${body}${glare}</svg>`;
}

/** A close look at a seal; `legible` says whether the number can be read. */
export function sealed(no: string, legible: 'legible' | 'smeared'): string {
  const smear = legible === 'smeared' ? '<g fill="#2f55a5"><rect x="760" y="540" width="150" height="90" opacity=".93" filter="url(#far)"/></g><path d="M740 520l190 130" stroke="#24427f" stroke-width="20" opacity=".7"/>' : '';
  return svg(
    `<rect x="180" y="240" width="1240" height="760" rx="30" fill="#aeb3aa" stroke="#7e847b" stroke-width="8"/>
<circle cx="520" cy="820" r="70" fill="#8d9289" stroke="#5d625b" stroke-width="10"/><path d="M480 820h80M520 780v80" stroke="#494e48" stroke-width="16"/>
<path d="M560 790C700 690 690 620 700 590" stroke="#c8cdd0" stroke-width="10" fill="none"/>
<rect x="560" y="480" width="520" height="210" rx="36" fill="#3160b4" stroke="#24427f" stroke-width="10"/>
<text x="820" y="610" text-anchor="middle" font-family="DejaVu Sans Mono,monospace" font-weight="700" font-size="84" fill="#eaf0ff">${no}</text>${smear}`,
    '#6b6f66',
  );
}

/** The place as found. */
export function site(name: string, dark: 'day' | 'dark' = 'day'): string {
  return svg(
    `<rect width="${W}" height="620" fill="#b7c6cf"/><rect y="620" width="${W}" height="580" fill="#8a8571"/>
<path d="M150 520L620 260l470 260v540H150z" fill="#d8cdb9"/><path d="M110 540L620 240l510 300-40 30L620 300 150 570z" fill="#7c4a3a"/>
<rect x="300" y="700" width="200" height="360" fill="#6c4f3a"/><rect x="690" y="660" width="190" height="190" fill="#8fa9b5" stroke="#eee" stroke-width="14"/>
<rect x="1190" y="560" width="230" height="330" rx="10" fill="#9da49d" stroke="#5b615b" stroke-width="8"/><rect x="1230" y="610" width="150" height="110" fill="#d9e3df"/><path d="M1305 560V300" stroke="#43474a" stroke-width="16"/>
<text x="1305" y="850" text-anchor="middle" font-family="sans-serif" font-size="34" fill="#20261f">${name}</text>${dark === 'dark' ? `<rect width="${W}" height="${H}" fill="#050807" opacity=".78"/>` : ''}`,
    '#77776a',
  );
}

/** Terminals with their wires; `burnt` shows why nothing could be done. */
export function wiring(state: 'clean' | 'burnt'): string {
  const burn = state === 'burnt' ? '<ellipse cx="820" cy="640" rx="330" ry="190" fill="#120d0a" opacity=".88" filter="url(#soft)"/><path d="M640 560c70-60 130 40 210-30s150 60 210 10" stroke="#d8641f" stroke-width="14" fill="none" opacity=".7"/>' : '';
  return svg(`<rect x="260" y="320" width="1080" height="520" rx="30" fill="#c5c9c0" stroke="#7f857c" stroke-width="8"/>
${[0, 1, 2, 3].map((i) => `<rect x="${String(350 + i * 240)}" y="470" width="160" height="240" rx="16" fill="#8f958c"/><circle cx="${String(430 + i * 240)}" cy="560" r="44" fill="#c9b26a" stroke="#8a7434" stroke-width="8"/><path d="M${String(430 + i * 240)} 710v490" stroke="${['#7a2b22', '#23395f', '#7a2b22', '#23395f'][i] ?? '#333'}" stroke-width="44"/>`).join('')}${burn}`);
}

/** A collection terminal with its lamps. */
export function terminal(no: string): string {
  return svg(`<rect x="360" y="170" width="880" height="860" rx="40" fill="url(#case)" stroke="#83887f" stroke-width="6"/><rect x="450" y="270" width="420" height="240" rx="14" fill="url(#lcd)"/>
<text x="480" y="370" font-family="monospace" font-size="44" fill="#17261b">集中器 在线</text><text x="480" y="440" font-family="monospace" font-size="44" fill="#17261b">抄读 48/52</text>
${[0, 1, 2, 3].map((i) => `<circle cx="${String(960 + i * 70)}" cy="330" r="20" fill="${['#3a3', '#c33', '#3a3', '#666'][i] ?? '#666'}"/>`).join('')}
<g fill="#222">${bars(450, 600, no)}<text x="450" y="710" font-family="monospace" font-size="32">${no}</text></g><path d="M1150 170V20" stroke="#222" stroke-width="18"/>`);
}
