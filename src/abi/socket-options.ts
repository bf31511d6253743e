/**
 * Options that all sockets have: asm-generic/socket.h. The machines that Node.js runs on have these numbers.
 */
export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
export const SO_ATTACH_FILTER = 26;
export const SO_RCVBUFFORCE = 33;
export const SO_BINDTOIFINDEX = 62;
export const SO_NETNS_COOKIE = 71;

/** Of an IPv4 socket, linux/in.h. */
export const IP_ROUTER_ALERT = 5;
