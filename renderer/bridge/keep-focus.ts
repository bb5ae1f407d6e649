import { after, type Timer } from './clock.ts';

/** What closes gives the keyboard back by itself first: dialogs and menus do. */
const patienceMilliseconds = 60;

/** A dialog has few fields that a person goes through. */
const remembered = 40;

/**
 * What had the keyboard may go away or be switched off by what it was pressed for; the browser then gives the keyboard to
 * no one, and the next Tab begins at the top of the window. Here it goes to the nearest part of the window around it that is
 * still there, or else, as after a dialog that was opened by a shortcut, to what had it before. Gives what ends it.
 */
export function keepFocus(): () => void {
  // not held: what was typed into a field goes away with it
  let path: readonly WeakRef<Element>[] = [];
  let before: readonly WeakRef<Element>[] = [];
  let timer: Timer | undefined;
  const remember = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element) || target === document.body) return;
    const others = still(before).filter((one) => one !== target && one.isConnected);
    before = weak([target, ...others].slice(0, remembered));
    path = weak([target, ...around(target)]);
  };
  const check = (): void => {
    timer = undefined;
    const last = path[0]?.deref();
    if (document.activeElement !== document.body || (last !== undefined && canHave(last))) return;
    const main = document.querySelector('main');
    const near = still(path).find((one) => one !== last && one.isConnected && !one.contains(main));
    const place = near ?? still(before).find(canHave) ?? main;
    if (!(place instanceof HTMLElement)) return;
    if (place.tabIndex < 0 && !place.hasAttribute('tabindex')) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body && path.length > 0)
      timer ??= after(patienceMilliseconds, check);
  });
  document.addEventListener('focusin', remember);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled'],
  });
  return () => {
    document.removeEventListener('focusin', remember);
    observer.disconnect();
    timer?.cancel();
  };
}

const weak = (elements: readonly Element[]): WeakRef<Element>[] => elements.map((one) => new WeakRef(one));

const still = (elements: readonly WeakRef<Element>[]): Element[] =>
  elements.map((one) => one.deref()).filter((one) => one !== undefined);

function around(element: Element): Element[] {
  const { parentElement } = element;
  return parentElement === null || parentElement === document.body
    ? []
    : [parentElement, ...around(parentElement)];
}

/** A person who clicked beside it wants the keyboard nowhere. */
function canHave(element: Element): boolean {
  return element.isConnected && !element.matches(':disabled');
}
