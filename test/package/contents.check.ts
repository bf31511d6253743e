/**
 * What is in the packed package: all that Node-RED needs, and nothing else.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../lab/namespace';
import { installed, tarball } from './installed';

/** Programs, texts in three languages, examples. A picture or a source map would be too much. */
const MAX_BYTES = 350_000;
/** Ours, ajv (5), koffi (2), ipaddr.js, write-file-atomic (2). */
const MAX_PACKAGES = 11;
const NEEDED =
  /^(dist\/(nodes|src)\/[\w/.-]+\.js|dist\/nodes\/(locales\/[\w/-]+\.(html|json)|icons\/[\w-]+\.svg|[\w-]+\.html)|resources\/(sidebar|forms)\/[\w-]+\.(js|css)|examples\/[\w-]+\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

interface PackageJson {
  version: string;
  'node-red': { nodes: Record<string, string>; plugins: Record<string, string> };
}

describe('package: contents', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));
  const contents = (name: string) => execFileSync('tar', ['-xzOf', tarball, `package/${name}`], { encoding: 'utf8' });
  const manifest = JSON.parse(contents('package.json')) as PackageJson;

  it('nothing is in it that is not needed', () => {
    deepEqual(
      files.filter((name) => !NEEDED.test(name)),
      [],
    );
  });

  it('nobody has to download much', () => {
    const { size } = statSync(tarball);
    ok(size < MAX_BYTES, `${size} bytes`);
  });

  it('every node has its code, editor half, texts and icon; every example and document is there', () => {
    const nodes = Object.values(manifest['node-red'].nodes).map((path) => path.replace(/\.js$/, ''));
    const names = nodes.map((path) => path.split('/').at(-1));
    const needed = [
      ...nodes.flatMap((path) => [`${path}.js`, `${path}.html`]),
      ...readdirSync(join(checkout, 'nodes/locales')).flatMap((language) =>
        names.flatMap((name) => ['json', 'html'].map((type) => `dist/nodes/locales/${language}/${name}.${type}`)),
      ),
      ...Object.entries(manifest['node-red'].plugins).flatMap(([name, path]) => [
        path,
        ...readdirSync(join(checkout, 'nodes/locales')).map(
          (language) => `dist/nodes/locales/${language}/${name}.json`,
        ),
      ]),
      ...['sidebar', 'forms'].flatMap((part) =>
        readdirSync(join(checkout, 'nodes', part))
          .filter((name) => /(?<!\.d)\.ts$|\.css$/.test(name))
          .map((name) => `resources/${part}/${name.replace(/\.ts$/, '.js')}`),
      ),
      ...readdirSync(join(checkout, 'icons')).map((icon) => `dist/nodes/icons/${icon}`),
      ...readdirSync(join(checkout, 'examples')).map((example) => `examples/${example}`),
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
    ];
    ok(nodes.length >= 4);
    deepEqual(
      needed.filter((name) => !files.includes(name)),
      [],
    );
  });

  it('every compiled source is that of a source of now', () => {
    const sources = files
      .filter((name) => /^dist\/.*\.js$/.test(name))
      .map((name) => name.replace(/^dist\/(.*)\.js$/, '$1.ts'));
    deepEqual(
      sources.filter((name) => !statSync(join(checkout, name), { throwIfNoEntry: false })),
      [],
    );
  });

  it('nothing tells where it was built', () => {
    const telling = files.filter((name) => {
      const text = contents(name);
      return text.includes(checkout) || text.includes('sourceMappingURL');
    });
    deepEqual(telling, []);
  });

  for (const { name, user } of installed) {
    it(`${name}: few packages come along`, () => {
      const lock = JSON.parse(readFileSync(join(user, 'node_modules/.package-lock.json'), 'utf8')) as {
        packages: object;
      };
      const packages = Object.keys(lock.packages).map((path) => path.replace(/^node_modules\//, ''));
      ok(packages.includes('@mroute/node-red-mfc') && packages.length <= MAX_PACKAGES, packages.join());
      const own = readFileSync(join(user, 'node_modules/@mroute/node-red-mfc/package.json'), 'utf8');
      equal(JSON.parse(own).version, manifest.version);
    });
  }
});
