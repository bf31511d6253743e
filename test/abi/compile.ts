// C programs about the kernel's structs, and what a C compiler makes of them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layout, type Layouts, structs } from './structs';

const HEADERS = `#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <net/if.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <linux/types.h>
#include <linux/mroute.h>
#include <linux/mroute6.h>
#include <linux/rtnetlink.h>
#include <linux/fib_rules.h>
#include <linux/netconf.h>
#include <linux/filter.h>
#include <linux/icmpv6.h>
#include <linux/if_packet.h>
#include <linux/igmp.h>
#include <linux/ip.h>
#include <linux/sockios.h>
`;

/** Runs `work` in a folder of its own that has the C source. */
function withSource<T>(source: string, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'mfc-abi-'));
  try {
    writeFileSync(join(folder, 'program.c'), source);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compiles a program with this machine's compiler and answers what it prints. */
function runC(source: string): string {
  return withSource(source, (cwd) => {
    execFileSync('cc', ['-Wall', '-Werror', '-o', 'program', 'program.c'], { cwd });
    return execFileSync('./program', { cwd, encoding: 'utf8' });
  });
}

/** The lines that a C program with these statements prints. */
export function run(statements: string): string[] {
  const hex = `static void hex(const void *at, size_t size) {
    for (size_t i = 0; i < size; i++) printf("%02x", ((const unsigned char *)at)[i]);
    printf("\\n");
  }\n`;
  return runC(`${HEADERS}${hex}int main(void) {\n(void)hex;\n${statements}\nreturn 0;\n}\n`).trimEnd().split('\n');
}

/** The bytes of one struct, filled in C. */
export function fill(type: string, statements: string, size = `sizeof(${type})`): Buffer {
  const lines = run(`static ${type} value;\n${statements}\nhex(&value, ${size});`);
  return Buffer.from(lines.join(''), 'hex');
}

/** A C expression for every size and offset, in the order of `structs`. */
const EXPRESSIONS = Object.entries(structs(8)).flatMap(([name, layout]) =>
  Object.keys(layout).map((member) =>
    member === 'size' ? `sizeof(struct ${name})` : `offsetof(struct ${name}, ${member})`,
  ),
);

/** The layouts that a compiler, also one for other machines, gives the structs: read from the object file, nothing is run. */
export function compileLayouts(compiler: string): Layouts {
  const source = `${HEADERS}const unsigned layouts[] = { ${EXPRESSIONS.join(', ')} };\n`;
  const bytes = withSource(source, (cwd) => {
    execFileSync(compiler, ['-c', '-o', 'program.o', 'program.c'], { cwd });
    const objcopy = compiler.replace(/\w+$/, 'objcopy');
    execFileSync(objcopy, ['-O', 'binary', '-j', '.rodata', 'program.o', 'layouts'], { cwd });
    return readFileSync(join(cwd, 'layouts'));
  });
  const numbers = EXPRESSIONS.map((_, i) => bytes.readUInt32LE(4 * i));
  const layoutOf = (layout: Layout): Layout =>
    Object.fromEntries(Object.keys(layout).map((member) => [member, numbers.shift() ?? -1]));
  return Object.fromEntries(Object.entries(structs(8)).map(([name, layout]) => [name, layoutOf(layout)]));
}
