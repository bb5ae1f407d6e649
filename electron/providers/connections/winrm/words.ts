/** Names of WS-Management and of Windows' part of it (MS-WSMV), as they stand in messages. */
export const spaces = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  shell: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
  fault: 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
} as const;

/** Everything that is asked of a shell for programs. */
export const shellResource = `${spaces.shell}/cmd`;

export const actions = {
  create: 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Create',
  delete: 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete',
  command: `${spaces.shell}/Command`,
  send: `${spaces.shell}/Send`,
  receive: `${spaces.shell}/Receive`,
  signal: `${spaces.shell}/Signal`,
} as const;
export type Action = keyof typeof actions;

export const terminate = `${spaces.shell}/signal/terminate`;
export const anonymous = `${spaces.addressing}/role/anonymous`;
