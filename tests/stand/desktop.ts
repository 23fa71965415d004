// A desktop of a test's own: a screen, a window manager, and a hand on mouse and keyboard that the browser can't tell from
// a person's.
import type { Page } from 'playwright-core';
import { run, serve, stop } from './process.js';
import { until } from './until.js';

export interface Desktop {
  /** Its name, for `DISPLAY`. */
  display: string;
  /** Scrolls to what a selector finds on a page, moves the mouse to its middle, and presses. */
  click(page: Page, selector: string): Promise<void>;
  /** Types, as fast as a person does, into whatever has the focus. */
  type(text: string): void;
  /** Presses a key by its X11 name, such as `Return` or `ctrl+w`. */
  press(key: string): void;
  /** Brings the window with this in its title to the front, as its button on a task bar does. */
  bring(title: string): Promise<void>;
  /** Waits until the window with this in its title is in front and has the focus. */
  inFront(title: string): Promise<void>;
  /** Where the window in front stands, in pixels of the screen. */
  place(): { left: number; top: number; width: number; height: number };
  close(): Promise<void>;
}

/** Starts one of a size. */
export async function makeDesktop(width: number, height: number): Promise<Desktop> {
  const screen = await serve('Xvfb', ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp']);
  const display = `:${screen.line}`;
  const env = { DISPLAY: display };
  try {
    const manager = await serve('openbox', ['--sm-disable', '--startup', 'echo ready'], env);
    const tool = (...args: string[]) => run('xdotool', args, { env }).toString().trim();
    const front = () => tool('getactivewindow', 'getwindowname');
    const inFront = (title: string) =>
      until(async () => {
        try {
          return front().includes(title);
        } catch {
          return false; // None is, for a moment.
        }
      });
    return {
      display,
      click: async (page, selector) => {
        const found = page.locator(selector);
        await found.scrollIntoViewIfNeeded();
        const box = await found.boundingBox();
        if (!box) throw new Error(`${selector} is nowhere`);
        const [left, top, scale] = await page.evaluate(() => [
          screenX + (outerWidth - innerWidth) / 2,
          screenY + outerHeight - innerHeight,
          devicePixelRatio,
        ]);
        const x = Math.round((left + box.x + box.width / 2) * scale);
        const y = Math.round((top + box.y + box.height / 2) * scale);
        tool('mousemove', '--sync', `${x}`, `${y}`, 'click', '1');
      },
      type: text => void tool('type', '--delay', '150', text),
      press: key => void tool('key', key),
      // The manager may refuse a program that asks for itself, and a task bar never.
      bring: title => {
        tool('search', '--onlyvisible', '--name', title, 'windowactivate');
        return inFront(title);
      },
      inFront,
      place: () => {
        const told = run('xwininfo', ['-id', tool('getactivewindow')], { env }).toString();
        const [left, top, width, height] = [
          /left X: +(-?\d+)/,
          /left Y: +(-?\d+)/,
          /Width: (\d+)/,
          /Height: (\d+)/,
        ].map(line => Number(line.exec(told)?.[1])) as [number, number, number, number];
        return { left, top, width, height };
      },
      close: async () => {
        await stop(manager.child);
        await stop(screen.child);
      },
    };
  } catch (error) {
    await stop(screen.child);
    throw error;
  }
}
