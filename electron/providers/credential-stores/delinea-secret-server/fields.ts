import { mapFields } from '../common/fields.ts';
import type { StoredCredential } from '../credential-store.ts';
import type { FoundSecret, SecretItem } from './wire.ts';

/** Put in the place of values that are shown another way, or not at all. */
const notShown = /^\*{3} .* \*{3}$/;

/** Gives the content of a file of the secret; null when it may not be read. */
type FetchFile = (slug: string) => Promise<Buffer | null>;

/** The parts of a credential out of the items of a secret: by slug, else the field that is a password. */
export async function credentialOf(
  found: FoundSecret,
  what: string,
  fetchFile: FetchFile,
): Promise<StoredCredential> {
  const items = found.items ?? [];
  const record: Record<string, string> = {};
  let fetched = 0;
  for (const item of items) {
    const name = nameOf(item);
    const wanted = isKeyFile(item) && keyNames.test(name) && fetched++ < mostFiles;
    const value = wanted ? await fileText(item, fetchFile) : shownValue(item);
    if (record[name] === undefined || record[name] === '') record[name] = value;
  }
  const spare = items.find((item) => item.isPassword === true && nameOf(item) !== 'passphrase');
  if (spare !== undefined && (record.password ?? '') === '' && (record.pass ?? '') === '')
    record.password = shownValue(spare);
  return { ...mapFields(record, what), about: aboutOf(found) };
}

/** Names under which a key is looked for. Each file is a request of its own, and a secret may list thousands. */
const keyNames = /^(private[-_ ]?key|ssh[-_ ]?key|key)$/;
const mostFiles = 3;

/** Slugs are field names in lower case with dashes; templates of customers vary a little. */
function nameOf({ slug }: SecretItem): string {
  const plain = slug.toLowerCase();
  if (/passphrase$/.test(plain)) return 'passphrase';
  return /private-?key$/.test(plain) ? 'private-key' : plain;
}

function isKeyFile(item: SecretItem): boolean {
  const isThere = item.fileAttachmentId !== null && item.fileAttachmentId !== undefined;
  return item.isFile === true && isThere && /key/i.test(item.slug) && !/public/i.test(item.slug);
}

function shownValue({ isFile, itemValue }: SecretItem): string {
  const value = itemValue ?? '';
  return isFile === true || notShown.test(value) ? '' : value;
}

async function fileText({ slug }: SecretItem, fetchFile: FetchFile): Promise<string> {
  const content = await fetchFile(slug);
  const text = content?.toString('utf8') ?? '';
  content?.fill(0);
  if (!text.startsWith('"')) return text;
  try {
    const parsed: unknown = JSON.parse(text); // text fields come as a JSON string
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}

function aboutOf(found: FoundSecret): string[] {
  const { name, secretTemplateName: template, checkedOut, checkOutMinutesRemaining: minutes } = found;
  const named = typeof name === 'string' && name !== '';
  const until = typeof minutes === 'number' && minutes > 0 ? ` for another ${minutes} minutes` : '';
  return [
    ...(named ? [`secret "${name}"${template ? ` (${template})` : ''}`] : []),
    ...(checkedOut === true ? [`checked out${until}; Secret Server checks it in automatically`] : []),
    ...(found.lastHeartBeatStatus === 'Failed'
      ? ['the last heartbeat failed: the password may be wrong']
      : []),
  ];
}
