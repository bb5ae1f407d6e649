/** The mode of a file for its owner alone. Windows has access lists and no modes: what Node tells of it there says nothing. */
export const ownerOnly = process.platform === 'win32' ? 0o666 : 0o600;
