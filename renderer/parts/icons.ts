/** Every icon of the window, imported one by one so that the bundle holds no other. */
export { Add20Regular as AddIcon } from '@fluentui/react-icons/svg/add';
export { Alert20Regular as BellIcon, AlertRegular as BellLargeIcon } from '@fluentui/react-icons/svg/alert';
export {
  ArrowCircleUp20Filled as UpdateFilledIcon,
  ArrowCircleUp20Regular as UpdateIcon,
} from '@fluentui/react-icons/svg/arrow-circle-up';
export { ArrowClockwise20Regular as AgainIcon } from '@fluentui/react-icons/svg/arrow-clockwise';
export { ArrowDown16Regular as DownIcon } from '@fluentui/react-icons/svg/arrow-down';
export { ArrowDownload20Regular as SaveIcon } from '@fluentui/react-icons/svg/arrow-download';
export { ArrowExport20Regular as ExportIcon } from '@fluentui/react-icons/svg/arrow-export';
export { ArrowSortDown16Filled as SortedDownIcon } from '@fluentui/react-icons/svg/arrow-sort-down';
export { ArrowSortUp16Filled as SortedUpIcon } from '@fluentui/react-icons/svg/arrow-sort-up';
export { ArrowSync20Regular as RenewIcon } from '@fluentui/react-icons/svg/arrow-sync';
export { ArrowUndo20Regular as UndoIcon } from '@fluentui/react-icons/svg/arrow-undo';
export { ArrowUp16Regular as UpIcon } from '@fluentui/react-icons/svg/arrow-up';
export { Branch20Regular as SharesIcon } from '@fluentui/react-icons/svg/branch';
export {
  BuildingBank20Filled as AuthoritiesFilledIcon,
  BuildingBank20Regular as AuthoritiesIcon,
  BuildingBankRegular as AuthoritiesLargeIcon,
} from '@fluentui/react-icons/svg/building-bank';
export {
  Certificate20Filled as CertificatesFilledIcon,
  Certificate20Regular as CertificatesIcon,
  CertificateRegular as CertificatesLargeIcon,
} from '@fluentui/react-icons/svg/certificate';
export { Checkmark16Regular as TickIcon } from '@fluentui/react-icons/svg/checkmark';
export { CheckmarkCircle16Filled as OkIcon } from '@fluentui/react-icons/svg/checkmark-circle';
export { ChevronDown16Regular as ChevronDownIcon } from '@fluentui/react-icons/svg/chevron-down';
export { ChevronRight16Regular as ChevronIcon } from '@fluentui/react-icons/svg/chevron-right';
export { Circle16Regular as ToDoIcon } from '@fluentui/react-icons/svg/circle';
export {
  ClipboardCheckmark20Filled as ApprovalsFilledIcon,
  ClipboardCheckmark20Regular as ApprovalsIcon,
  ClipboardCheckmarkRegular as ApprovalsLargeIcon,
} from '@fluentui/react-icons/svg/clipboard-checkmark';
export { Clock16Regular as ClockIcon } from '@fluentui/react-icons/svg/clock';
export { ColumnTriple20Regular as ColumnsIcon } from '@fluentui/react-icons/svg/column-triple';
export { Copy16Regular as CopyIcon } from '@fluentui/react-icons/svg/copy';
export { Delete20Regular as RemoveIcon } from '@fluentui/react-icons/svg/delete';
export { Dismiss20Regular as CloseIcon } from '@fluentui/react-icons/svg/dismiss';
export { DismissCircle20Regular as CancelIcon } from '@fluentui/react-icons/svg/dismiss-circle';
export { DocumentEdit20Regular as EditsIcon } from '@fluentui/react-icons/svg/document-edit';
export { DocumentText20Regular as FilesIcon } from '@fluentui/react-icons/svg/document-text';
export { Edit20Regular as EditIcon } from '@fluentui/react-icons/svg/edit';
export { ErrorCircle16Filled as DangerIcon } from '@fluentui/react-icons/svg/error-circle';
export { Eye20Regular as LookIcon } from '@fluentui/react-icons/svg/eye';
export { Filter20Regular as FilterIcon } from '@fluentui/react-icons/svg/filter';
export { Globe20Regular as ProofsIcon } from '@fluentui/react-icons/svg/globe';
export { GroupList20Regular as GroupIcon } from '@fluentui/react-icons/svg/group-list';
export {
  History20Filled as AuditFilledIcon,
  History20Regular as AuditIcon,
  HistoryRegular as AuditLargeIcon,
} from '@fluentui/react-icons/svg/history';
export {
  Home20Filled as OverviewFilledIcon,
  Home20Regular as OverviewIcon,
} from '@fluentui/react-icons/svg/home';
export { Info16Regular as InfoIcon } from '@fluentui/react-icons/svg/info';
export { Key20Regular as KeyIcon, KeyRegular as KeyLargeIcon } from '@fluentui/react-icons/svg/key';
export { PlugDisconnectedRegular as DisconnectedIcon } from '@fluentui/react-icons/svg/plug-disconnected';
export { QuestionCircle16Regular as UnknownIcon } from '@fluentui/react-icons/svg/question-circle';
export {
  Router20Filled as ProxyFilledIcon,
  Router20Regular as ProxyIcon,
} from '@fluentui/react-icons/svg/router';
export { Save20Regular as BackupIcon } from '@fluentui/react-icons/svg/save';
export { Search20Regular as SearchIcon } from '@fluentui/react-icons/svg/search';
export {
  Server20Filled as EndpointsFilledIcon,
  Server20Regular as EndpointsIcon,
  ServerRegular as EndpointsLargeIcon,
} from '@fluentui/react-icons/svg/server';
export {
  Settings20Filled as SettingsFilledIcon,
  Settings20Regular as SettingsIcon,
} from '@fluentui/react-icons/svg/settings';
export {
  ShieldCheckmark20Filled as MarkIcon,
  ShieldCheckmark20Regular as VerifyIcon,
  ShieldCheckmarkRegular as ShieldLargeIcon,
} from '@fluentui/react-icons/svg/shield-checkmark';
export { Stethoscope20Regular as DoctorIcon } from '@fluentui/react-icons/svg/stethoscope';
export { SubtractCircle16Regular as SkippedIcon } from '@fluentui/react-icons/svg/subtract-circle';
export {
  TaskListSquareLtr20Filled as TasksFilledIcon,
  TaskListSquareLtr20Regular as TasksIcon,
  TaskListSquareLtrRegular as TasksLargeIcon,
} from '@fluentui/react-icons/svg/task-list-square-ltr';
export {
  Vault20Filled as StoresFilledIcon,
  Vault20Regular as StoresIcon,
  VaultRegular as StoresLargeIcon,
} from '@fluentui/react-icons/svg/vault';
export { Warning16Filled as AttentionIcon } from '@fluentui/react-icons/svg/warning';
export { WindowConsole20Regular as CommandsIcon } from '@fluentui/react-icons/svg/window-console';
