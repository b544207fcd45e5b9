/**
 * Draws dots on a canvas: a path a role, so that a thousand of them cost a few calls. It knows pixels and colours and
 * nothing of requests. There is no text on the canvas.
 */
import type { Particles } from '../models/particles.ts';
import { ROLES } from '../models/request-roles.ts';
import type { Role } from '../models/signal-style.ts';

/** Half a glyph's width on a wire and in a tray, in pixels. */
const MOVING = 4;
const RESTING = 2.4;

export class Painter {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  /** By the places in `ROLES`. */
  private colours: readonly string[] = [];
  private ground = '';

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('the browser gives no canvas to draw on');
    this.canvas = canvas;
    this.context = context;
  }

  /** To a size in pixels of the page; a canvas that has it already keeps its memory. */
  resize(width: number, height: number, pixelRatio: number): void {
    const [across, down] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    if (this.canvas.width === across && this.canvas.height === down) return;
    this.canvas.width = across;
    this.canvas.height = down;
    this.context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }

  /** Takes the colours that style sheets give to an element, its background, and to its children, one a role. */
  colour(palette: Element): void {
    this.colours = Array.from(palette.children, (child) => getComputedStyle(child).color);
    this.ground = getComputedStyle(palette).backgroundColor;
  }

  clear(): void {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  draw({ x, y, glyphs, moving, count }: Particles): void {
    const { context } = this;
    this.clear();
    for (let role = 0; role < ROLES.length; role++) {
      context.beginPath();
      let any = false;
      for (let i = 0; i < count; i++) {
        if (glyphs[i] !== role) continue;
        any = true;
        trace(context, ROLES[role], x[i], y[i], moving[i] ? MOVING : RESTING);
      }
      if (any) this.ink(ROLES[role], this.colours[role]);
    }
  }

  private ink(role: Role, colour: string): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = role === 'failed' ? 1.7 : 1.2;
    if (role === 'failed') {
      context.stroke();
      return;
    }
    context.fillStyle = role === 'waiting' ? this.ground : colour;
    context.fill();
    if (role === 'waiting') context.stroke();
  }
}

/** The shapes of `RoleMark`, of equal weight to the eye. */
function trace(context: CanvasRenderingContext2D, role: Role, x: number, y: number, size: number): void {
  switch (role) {
    case 'ok':
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 2 * Math.PI);
      return;
    case 'waiting':
      context.moveTo(x + size - 0.4, y);
      context.arc(x, y, size - 0.4, 0, 2 * Math.PI);
      return;
    case 'miss':
      context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
      return;
    case 'stale':
      context.moveTo(x, y - size * 1.2);
      context.lineTo(x + size * 1.2, y);
      context.lineTo(x, y + size * 1.2);
      context.lineTo(x - size * 1.2, y);
      context.closePath();
      return;
    case 'failed':
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y - size);
      context.lineTo(x - size, y + size);
      return;
    case 'retry':
      context.moveTo(x, y - size * 1.15);
      context.lineTo(x + size * 1.1, y + size * 0.85);
      context.lineTo(x - size * 1.1, y + size * 0.85);
      context.closePath();
  }
}
