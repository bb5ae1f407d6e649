import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Colour, circle, type Layers, paint, polygon, rounded, shield, stroke } from './draw.ts';
import { ico, png } from './picture-files.ts';

// Makes the icons of the application and of the tray: `node build/make-icons.ts`. The results are committed.
// Every level of the tray has its own outline and sign, so that nobody needs to tell colours apart.

const white: Colour = [255, 255, 255];
const ink: Colour = [30, 30, 30];

const tick = stroke(0.26, [-0.42, 0.02], [-0.12, 0.34], [0.44, -0.32]);
const cross = (x: number, y: number) =>
  stroke(0.26, [-0.34, -0.34], [0.34, 0.34])(x, y) || stroke(0.26, [0.34, -0.34], [-0.34, 0.34])(x, y);
const exclamation = (x: number, y: number) =>
  stroke(0.24, [0, -0.22], [0, 0.26])(x, y) || circle(0.14)(x, y - 0.58);
const dash = stroke(0.24, [-0.3, 0], [0.3, 0]);
const octagon = polygon(
  ...Array.from({ length: 8 }, (_, corner) => {
    const angle = ((corner + 0.5) * Math.PI) / 4;
    return [Math.cos(angle), Math.sin(angle)] as const;
  }),
);
const triangle = rounded(0.14, [0, -0.8], [0.84, 0.78], [-0.84, 0.78]);

const levels: Record<string, { outline: Layers[number][0]; colour: Colour; sign: Layers }> = {
  ok: { outline: circle(0.94), colour: [16, 124, 65], sign: [[tick, white]] },
  attention: { outline: triangle, colour: [250, 176, 5], sign: [[exclamation, ink]] },
  danger: { outline: octagon, colour: [196, 43, 28], sign: [[cross, white]] },
  unknown: {
    outline: circle(0.94),
    colour: [125, 125, 125],
    sign: [
      [circle(0.68), null],
      [dash, [125, 125, 125]],
    ],
  },
};

const application: Layers = [
  [shield(0.96), [15, 84, 140]],
  [shield(0.82), [32, 122, 196]],
  [stroke(0.2, [-0.38, -0.04], [-0.08, 0.28], [0.42, -0.34]), white],
];

const at = (...names: string[]) => join(import.meta.dirname, ...names);
const picture = (layers: Layers, size: number) => ({ size, png: png(paint(layers, size), size) });

mkdirSync(at('icons'), { recursive: true });
mkdirSync(at('tray'), { recursive: true });
for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
  writeFileSync(at('icons', `${size}x${size}.png`), picture(application, size).png);
}
const windowsSizes = [16, 20, 24, 32, 48, 64, 256];
writeFileSync(at('icon.ico'), ico(windowsSizes.map((size) => picture(application, size))));
for (const [name, { outline, colour, sign }] of Object.entries(levels)) {
  const coloured: Layers = [[outline, colour], ...sign];
  writeFileSync(at('tray', `${name}.png`), picture(coloured, 32).png);
  writeFileSync(at('tray', `${name}.ico`), ico([16, 20, 24, 32, 48].map((size) => picture(coloured, size))));
  // macOS colours templates itself and reads only how much is covered: signs become holes, holes stay holes
  const template: Layers = [
    [outline, ink],
    ...sign.map(([shape, was]) => [shape, was === colour ? ink : null] as const),
  ];
  const solid = name === 'unknown' ? coloured : template;
  writeFileSync(at('tray', `${name}Template.png`), picture(solid, 16).png);
  writeFileSync(at('tray', `${name}Template@2x.png`), picture(solid, 32).png);
}
