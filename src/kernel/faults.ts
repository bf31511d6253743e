/**
 * Turns the kernel's errno into a sentence that says what to do. One place for all calls.
 */
import { type ErrorCode, MfcError } from '../errors';

interface Advice {
  code: ErrorCode;
  what: string;
  hint: string;
}

const GRANT_RAW =
  'Grant it with AmbientCapabilities=CAP_NET_RAW in the systemd unit, in a container with --user=root --cap-add=NET_RAW, or from a shell with setpriv (see Rights in the README).';
const GRANT_ADMIN =
  'Grant it with AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN in the systemd unit, or leave the table blank to use the default one.';
const NO_KERNEL_SUPPORT =
  'Use a kernel with CONFIG_IP_MROUTE and CONFIG_IPV6_MROUTE (for other tables, …_MULTIPLE_TABLES); the common distributions have them.';

/** What a pair of call and errno means; see net/ipv4/ipmr.c and net/ipv6/ip6mr.c. */
function advice(syscall: string, errno: string): Advice | undefined {
  switch (`${syscall} ${errno}`) {
    case 'socket EPERM':
    case 'socket EACCES':
    case 'MRT_INIT EACCES':
    case 'MRT_INIT EPERM':
      return { code: 'ERR_MFC_PERMISSION', what: 'The right CAP_NET_RAW is missing.', hint: GRANT_RAW };
    case 'MRT_TABLE EACCES':
    case 'MRT_TABLE EPERM':
      return {
        code: 'ERR_MFC_PERMISSION',
        what: 'A table other than the default one needs the right CAP_NET_ADMIN.',
        hint: GRANT_ADMIN,
      };
    case 'MRT_INIT EADDRINUSE':
      return {
        code: 'ERR_MFC_TABLE_IN_USE',
        what: 'Another program owns the multicast routing table.',
        hint: 'Stop that program, or choose another table in the controller.',
      };
    case 'MRT_INIT ENOPROTOOPT':
    case 'MRT_TABLE ENOPROTOOPT':
    case 'socket EAFNOSUPPORT':
    case 'socket EPROTONOSUPPORT':
      return {
        code: 'ERR_MFC_UNSUPPORTED',
        what: 'This kernel has no multicast routing for this.',
        hint: NO_KERNEL_SUPPORT,
      };
    case 'MRT_ADD_VIF EADDRNOTAVAIL':
      return {
        code: 'ERR_MFC_NO_INTERFACE',
        what: 'The interface went away while the route was added.',
        hint: "Look at 'ip link' and try again.",
      };
    case 'MCAST_JOIN_GROUP ENODEV':
    case 'MCAST_JOIN_SOURCE_GROUP ENODEV':
      return {
        code: 'ERR_MFC_NO_INTERFACE',
        what: 'The interface of a join went away, or does not speak IP.',
        hint: "Look at 'ip link' and try again.",
      };
    case 'MCAST_JOIN_GROUP ENOBUFS':
    case 'MCAST_JOIN_SOURCE_GROUP ENOBUFS':
      return {
        code: 'ERR_MFC_SYSCALL',
        what: 'The kernel lets this machine join no group.',
        hint: "Give 'sysctl net.ipv4.igmp_max_memberships' a number above 0; how many groups there can be does not depend on it.",
      };
    case 'sendmsg EAGAIN':
    case 'sendmsg ETOOMANYREFS':
      return {
        code: 'ERR_MFC_STORE',
        what: 'There are more sockets than can be kept.',
        hint: 'Join fewer groups, or raise LimitNOFILE= in the systemd unit.',
      };
    case 'socket EMFILE':
    case 'socket ENFILE':
      return {
        code: 'ERR_MFC_SYSCALL',
        what: 'No more files can be opened, and a socket is one.',
        hint: "Raise LimitNOFILE= in the systemd unit, or 'ulimit -n' where Node-RED is started.",
      };
    case 'bind EACCES':
    case 'bind EPERM':
    case 'bind EROFS':
      return {
        code: 'ERR_MFC_STORE',
        what: "No socket can be made in Node-RED's user directory.",
        hint: 'Let the user that Node-RED runs as write there.',
      };
    case 'connect EACCES':
    case 'connect EPERM':
      return {
        code: 'ERR_MFC_PERMISSION',
        what: 'The process that keeps the routes belongs to another user.',
        hint: "Start Node-RED as that user, or end that process: see 'ps ax | grep node-red-mfc'.",
      };
    default:
      return undefined;
  }
}

/** The error for a failed call. */
export function fault(syscall: string, errno: string): MfcError {
  const known = advice(syscall, errno);
  if (known !== undefined) return new MfcError(known.code, known.what, { errno, syscall, hint: known.hint });
  return new MfcError('ERR_MFC_SYSCALL', `The kernel refused ${syscall} with ${errno}.`, {
    errno,
    syscall,
    hint: 'Nothing was changed. Please report this with the output of "uname -r".',
  });
}
