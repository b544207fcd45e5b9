/** An SVG as PNG, at twice its size, so that it can be printed. */
import type { FigureFile } from '../models/figure-frame.ts';

const SCALE = 2;

export async function rasterise({ svg, width, height }: FigureFile): Promise<Blob> {
  const image = new Image(width, height);
  // Not by way of a blob: the page's policy takes images from its own origin and from data only.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser does not let the page draw');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('this browser makes no PNG'))), 'image/png');
  });
}
