/** Every icon the product uses, in one place: the catalogue behind it is large. */
export {
  IconAlertTriangle, IconArrowDown, IconArrowUp, IconBook2, IconBrandGoogle, IconBuilding, IconBuildingCommunity, IconCheck, IconChevronDown, IconChevronUp,
  IconColumns3, IconCopy, IconDownload, IconEye, IconEyeOff, IconFilter, IconFlask, IconHelp, IconKey, IconLayoutDashboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand, IconList, IconLock, IconLogout, IconMenu2, IconMessageCircle, IconMinus, IconPlayerPause, IconPlayerPlay,
  IconPlus, IconRobot, IconSearch, IconSend2, IconStack2, IconUpload, IconUserCircle, IconUsers, IconX,
  IconActivity, IconBookmark, IconChevronLeft, IconChevronRight, IconHome, IconLayoutGrid, IconMovie, IconPhoto, IconPhotoOff, IconRefresh, IconWand, IconGauge, IconDots, IconExternalLink, IconTable, IconHistory,
} from '@tabler/icons-react';
