import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What holds the keyboard, as a person tells it. */
interface Focused {
  /** `button Add endpoint` */
  words: string;
  /** It is body, or nothing: the next key goes nowhere. */
  lost: boolean;
  /** It shows that it has the keyboard, within the window. */
  seen: boolean;
}

/** So many stops has no screen between two things that belong together. */
const most = 80;

/** Someone who has no mouse: every key is pressed here, is counted, and must leave the keyboard somewhere that is seen. */
export class KeyboardPerson {
  readonly #page: Page;
  keys = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<void> {
    this.keys += 1;
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    this.keys += text.length;
    await this.#page.keyboard.type(text);
  }

  /** Into the field that has the keyboard, in the place of what is in it. */
  async fill(text: string): Promise<void> {
    await this.press('Control+a');
    await this.type(text);
  }

  /** Presses Tab until what is wanted has the keyboard; every stop on the way must be seen. */
  async tabTo(wanted: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const passed: string[] = [];
    for (let turn = 0; turn < most; turn++) {
      const { words, lost, seen } = await this.focused();
      if (wanted.test(words)) return;
      if (turn > 0) expect([words, lost, seen]).toEqual([words, false, true]);
      passed.push(words);
      await this.press(key);
    }
    throw new Error(`${wanted} is not reached: ${passed.slice(0, 30).join(' → ')}`);
  }

  async enter(wanted: RegExp, key = 'Enter'): Promise<void> {
    await this.tabTo(wanted);
    await this.press(key);
    await this.holds();
  }

  /** The keyboard is somewhere, as soon as all is drawn: where it is wanted, if that is said. */
  async holds(wanted: RegExp = /./): Promise<void> {
    await expect
      .poll(async () => {
        const { words, lost } = await this.focused();
        return lost ? 'lost' : words;
      })
      .toMatch(wanted.source === '.' ? /^(?!lost$)/ : wanted);
  }

  focused(): Promise<Focused> {
    return this.#page.evaluate(focusedHere);
  }
}

/** Runs in the page. */
function focusedHere(): Focused {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || at === document.body)
    return { words: 'nothing', lost: true, seen: false };
  const label = (at as HTMLInputElement).labels?.[0]?.textContent;
  const name = at.getAttribute('aria-label') ?? label ?? at.textContent ?? '';
  const tag = at.tagName.toLowerCase();
  const role = at.getAttribute('role') ?? (tag === 'button' ? tag : (at as HTMLInputElement).type || tag);
  /** An outline or a shadow, the bar below a field, or the double line below a link. */
  const shows = (one: Element, part?: string): boolean => {
    const style = getComputedStyle(one, part);
    const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
    const barred =
      part !== undefined && style.content !== 'none' && Number.parseFloat(style.borderBottomWidth) > 0;
    return outlined || barred || style.boxShadow !== 'none' || style.textDecorationStyle === 'double';
  };
  const near = [at, at.parentElement, at.nextElementSibling].filter((one) => one !== null);
  const box = at.getBoundingClientRect();
  const within = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const seen = within && near.some((one) => shows(one) || shows(one, '::after') || shows(one, '::before'));
  return { words: `${role} ${name.trim().slice(0, 80)}`, lost: false, seen };
}
