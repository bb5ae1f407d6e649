import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import { useState } from 'react';
import { copyText, saveText } from '../../bridge/desktop.ts';
import { en } from '../../text/en.ts';
import type { CommandLine } from '../command-line.ts';
import { CommandsIcon, ExportIcon, FilesIcon } from '../icons.ts';
import type { Column } from './columns.ts';
import { toCsv, toJson } from './export.ts';

interface ExportMenuProps<Row> {
  /** Names the file: `endpoints`. */
  list: string;
  columns: readonly Column<Row>[];
  /** All rows of the list as it is found now, or those of them that are selected. */
  rows(): readonly Row[] | Promise<readonly Row[]>;
  /** What prints the same on the command line. */
  command: CommandLine | undefined;
}

const kinds = [
  ['csv', 'text/csv', toCsv],
  ['json', 'application/json', toJson],
] as const;

/** What is shown as a file that the person names, or as a command. */
export function ExportMenu<Row>({ list, columns, rows, command }: ExportMenuProps<Row>) {
  const [said, setSaid] = useState('');
  const save = async (at: 0 | 1): Promise<void> => {
    const [ending, type, write] = kinds[at];
    const all = await rows();
    saveText(`trustkeep-${list}.${ending}`, write(all, columns), type);
    setSaid(en.table.exported(all.length));
  };
  const copy = async (text: string): Promise<void> =>
    setSaid((await copyText(text)) ? en.copy.copied(en.command.what) : en.copy.refused);
  return (
    <>
      <Menu inline onOpenChange={(_, { open }) => open && setSaid('')}>
        <MenuTrigger disableButtonEnhancement>
          <Button appearance="subtle" icon={<ExportIcon />}>
            {en.table.export}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem icon={<FilesIcon />} onClick={() => void save(0)}>
              {en.table.exportCsv}
            </MenuItem>
            <MenuItem icon={<FilesIcon />} onClick={() => void save(1)}>
              {en.table.exportJson}
            </MenuItem>
            {command !== undefined && (
              <>
                <MenuDivider />
                <MenuItem
                  icon={<CommandsIcon />}
                  subText={command.text}
                  onClick={() => void copy(command.text)}
                >
                  {en.table.copyCommand}
                </MenuItem>
              </>
            )}
          </MenuList>
        </MenuPopover>
      </Menu>
      <span role="status">{said}</span>
    </>
  );
}
