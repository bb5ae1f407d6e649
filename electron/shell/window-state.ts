import { readFileSync, writeFileSync } from 'node:fs';

interface Bounds {
  x?: number;
  y?: number;
  width: number;
  height: number;
}

/** What the desktop remembers between starts about itself; nothing of the agent's. */
interface DesktopState {
  bounds: Bounds;
  maximized: boolean;
  /** The person was told once that closing the window does not end Trustkeep. */
  toldStillRunning: boolean;
}

export const minimum = { width: 900, height: 600 };
/** @internal */
export const firstState: DesktopState = {
  bounds: { width: 1180, height: 760 },
  maximized: false,
  toldStillRunning: false,
};

export interface RememberedState {
  get(): DesktopState;
  change(part: Partial<DesktopState>): void;
}

export function openDesktopState(file: string): RememberedState {
  let state = readState(file);
  return {
    get: () => state,
    change(part) {
      state = { ...state, ...part };
      writeState(file, state);
    },
  };
}

/** A missing or damaged file gives the first state. */
function readState(file: string): DesktopState {
  try {
    return parseState(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return firstState;
  }
}

/** Losing it is no harm, so a failure is not an error. */
function writeState(file: string, state: DesktopState): void {
  try {
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  } catch {
    // a full disk must not stop a window from closing
  }
}

/** @internal */
export function parseState(stored: unknown): DesktopState {
  if (!isRecord(stored) || !isRecord(stored.bounds)) return firstState;
  const { x, y, width, height } = stored.bounds;
  if (!isSize(width) || !isSize(height)) return firstState;
  return {
    bounds: {
      width: Math.max(width, minimum.width),
      height: Math.max(height, minimum.height),
      ...(isPlace(x) && isPlace(y) ? { x, y } : {}),
    },
    maximized: stored.maximized === true,
    toldStillRunning: stored.toldStillRunning === true,
  };
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Without its place when that is no longer on any screen (a monitor was taken away); at most as large as a screen. */
export function onScreen(bounds: Bounds, screens: readonly Area[]): Bounds {
  const { x, y, width, height } = bounds;
  if (x === undefined || y === undefined) return { width, height };
  const reachable = screens.some(
    (area) =>
      x + width > area.x + 50 && x < area.x + area.width - 50 && y >= area.y && y < area.y + area.height - 50,
  );
  return reachable ? bounds : { width, height };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isSize = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 20_000;
const isPlace = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) < 100_000;
