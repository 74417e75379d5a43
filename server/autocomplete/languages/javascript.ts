import { parser } from '@lezer/javascript';

import type { Grammar, Idiom, LanguageTable } from '../types.js';
import { closingTag } from './closing-tag.js';
import { undefinedCall } from './undefined-call.js';

const KEYWORDS =
  /^(?:if|for|while|switch|catch|function|return|await|typeof|super|import|require|parseInt|parseFloat|String|Number|Boolean|Array|Object|Promise|setTimeout|setInterval|clearTimeout|fetch|alert|new)$/;

/** Shared with TypeScript. */
export const javascriptWords = (
  'const return function import export console let if else for of async await new this class extends true false null ' +
  'undefined from default constructor while do switch case break continue try catch finally throw typeof instanceof ' +
  'in delete void yield static get set super document window length push forEach filter reduce includes indexOf ' +
  'slice splice concat join split replace toString Promise Object Array String Number Boolean Math JSON Map Set Date ' +
  'Error RegExp addEventListener querySelector getElementById setTimeout setInterval clearTimeout parseInt ' +
  'parseFloat stringify parse fetch then resolve reject module exports require process'
).split(' ');

/** What TypeScript adds; JavaScript knows these as names, so that one prior knows both. */
export const typescriptWords = (
  'interface type string number boolean readonly private public protected implements unknown never any void enum ' +
  'namespace declare abstract keyof satisfies Record Partial Readonly Required Pick Omit ReturnType Awaited ' +
  'symbol bigint object infer is asserts override unique Exclude Extract NonNullable Parameters ConstructorParameters ' +
  'InstanceType ReadonlyArray ReadonlyMap ReadonlySet Iterable Iterator IterableIterator AsyncIterable AsyncIterator ' +
  'Generator PropertyKey PromiseLike ArrayLike Uint8ClampedArray NodeJS HTMLElement Element Node Event MouseEvent ' +
  'KeyboardEvent ReactNode FC T K V U P R E A'
).split(' ');

/** Words that cannot be names. */
export const javascriptKeywords = (
  'const return function import export if else for new this class extends true false null while do switch case break ' +
  'continue try catch finally throw typeof instanceof in delete void yield super default let var await enum debugger'
).split(' ');

/** Library, members and customary variables. */
export const javascriptNames = (
  'value values key keys name names item items index i j k n x y z a b c d e f s t p m r v w el len data result results ' +
  'error err event events e callback cb fn func handler handlers listener listeners options opts option config settings ' +
  'context ctx args argv params param props state node nodes parent child children root tree left right prev next current ' +
  'first last start end offset position pos size count total width height min max sum text str string number num line ' +
  'lines column char code codes token tokens type types kind path paths file files filename dir url uri href host hostname ' +
  'port protocol query hash search request response req res status body header headers method message msg user users id ' +
  'ids input output source target src dest from to range ranges buffer chunk chunks bytes byte stream encoding timeout ' +
  'timer delay now time date year month day hour minute second map set list array arr obj object other old newValue ' +
  'oldValue element elements tag label title content template html css style styles className attributes attribute attr ' +
  'selector match matches pattern regex regexp prefix suffix flag flags mode level depth limit step ' +
  'util utils helper helpers lib common shared core base index main app server client api store cache queue stack ' +
  'module modules exports require __dirname __filename process global globalThis self window document navigator location ' +
  'history screen localStorage sessionStorage performance crypto Buffer ' +
  'length push pop shift unshift concat join slice splice reverse sort indexOf lastIndexOf includes find findIndex ' +
  'findLast filter map forEach reduce reduceRight some every fill flat flatMap at keys values entries copyWithin from of ' +
  'isArray charAt charCodeAt codePointAt fromCharCode fromCodePoint substring substr startsWith endsWith padStart padEnd ' +
  'repeat replaceAll trim trimStart trimEnd toLowerCase toUpperCase localeCompare normalize match matchAll test exec ' +
  'lastIndex toString valueOf hasOwnProperty prototype constructor isPrototypeOf propertyIsEnumerable call apply bind ' +
  'assign freeze isFrozen create defineProperty defineProperties getOwnPropertyNames getOwnPropertyDescriptor ' +
  'getPrototypeOf setPrototypeOf fromEntries hasOwn seal __esModule enumerable configurable writable get set ' +
  'abs ceil floor round trunc sign sqrt pow exp log log2 log10 sin cos tan atan2 random PI min max hypot imul ' +
  'isNaN isFinite isInteger isSafeInteger MAX_SAFE_INTEGER MIN_SAFE_INTEGER EPSILON NaN Infinity toFixed toPrecision ' +
  'parseInt parseFloat encodeURIComponent decodeURIComponent encodeURI decodeURI ' +
  'all allSettled race any then catch finally resolve reject next done return throw iterator asyncIterator Symbol ' +
  'toStringTag hasInstance species ' +
  'has get set add delete clear size WeakMap WeakSet WeakRef Proxy Reflect ownKeys BigInt ArrayBuffer DataView Uint8Array ' +
  'Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array byteLength byteOffset buffer subarray ' +
  'getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds toISOString now ' +
  'TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError captureStackTrace stack message cause ' +
  'Function Boolean RegExp Date Math JSON Intl URL URLSearchParams Headers Request Response FormData Blob File FileReader ' +
  'AbortController AbortSignal signal abort aborted TextEncoder TextDecoder encode decode WebSocket XMLHttpRequest Worker ' +
  'MessageChannel postMessage onmessage onerror onload structuredClone queueMicrotask setImmediate clearImmediate ' +
  'requestAnimationFrame cancelAnimationFrame ' +
  'log error warn info debug trace table assert dir time timeEnd group groupEnd ' +
  'nextTick env cwd exit stdout stderr stdin platform version versions argv pid hrtime emit on once off emitter ' +
  'removeListener addListener removeAllListeners EventEmitter listenerCount ' +
  'fs path os http https url util events stream assert child_process zlib readline net tls dns vm worker_threads ' +
  'readFile readFileSync writeFile writeFileSync existsSync mkdirSync readdirSync statSync unlinkSync createReadStream ' +
  'createWriteStream promises basename dirname extname resolve relative join normalize sep isAbsolute inherits inspect ' +
  'promisify format deprecate spawn execSync fork pipe write read end pause resume destroy destroyed readable writable ' +
  'highWaterMark objectMode objectMode alloc allocUnsafe isBuffer byteLength readUInt8 writeUInt8 createServer listen ' +
  'statusCode setHeader getHeader writeHead ' +
  'getElementById getElementsByClassName getElementsByTagName querySelector querySelectorAll createElement ' +
  'createTextNode createElementNS appendChild removeChild insertBefore replaceChild cloneNode parentNode parentElement ' +
  'childNodes firstChild lastChild nextSibling previousSibling nodeType nodeName tagName ownerDocument innerHTML ' +
  'textContent innerText value checked disabled selected classList contains toggle remove setAttribute getAttribute ' +
  'removeAttribute hasAttribute dataset addEventListener removeEventListener dispatchEvent preventDefault ' +
  'stopPropagation target currentTarget clientX clientY keyCode key focus blur click submit scrollTop offsetWidth ' +
  'offsetHeight getBoundingClientRect top left bottom right body head documentElement defaultView getComputedStyle ' +
  'innerWidth innerHeight scrollTo display none block ' +
  'React useState useEffect useRef useMemo useCallback useContext useReducer createContext Component Fragment render ' +
  'setState children className onClick onChange ref memo forwardRef ReactDOM createRoot ' +
  'describe it test expect beforeEach afterEach beforeAll afterAll toBe toEqual toStrictEqual toThrow toMatch ' +
  'toHaveBeenCalled toHaveLength toContain jest mock fn spyOn should equal deepEqual strictEqual ' +
  'express router use get post put patch json send params middleware listen ' +
  'parse stringify parser parsers ast tokenizer visitor visit walk traverse transform generate compile compiler emit ' +
  'print scope binding identifier literal expression statement declaration program operator precedence argument ' +
  'arguments callee property computed body params left right test consequent alternate init update block loc start end ' +
  'raw quasi specifiers imported local exported ' +
  'schema validate validator required optional default defaults description properties items additionalProperties enum ' +
  'format pattern minimum maximum minLength maxLength errors valid ref definitions ' +
  'isObject isString isFunction isNumber isPlainObject isUndefined isEmpty noop identity merge clone extend pick omit ' +
  'debounce throttle wrap unwrap init setup create destroy open close start stop run load save read write add remove ' +
  'insert append prepend update reset clear push enqueue dequeue register dispatch subscribe unsubscribe notify render ' +
  'handle process check ensure lookup locate compute calculate compare equals isEqual copy toJSON fromJSON serialize ' +
  'deserialize convert cast escape unescape quote warning fatal verbose silent enabled visible active ready pending ' +
  'loading loaded success failure fail ok found missing unknown empty extra rest remaining used seen visited cached dirty ' +
  'ret rv tmp temp val acc cur idx cnt instance klass proto descriptor getter setter accessor ' +
  'nullish unknown any object globalThis Deno URLPattern major minor patch parent root doc view dispatch tr selection ' +
  'anchor insert changes effects facet field extension plugin decoration'
).split(' ');

export const javascriptLines = [
  'for (let i = 0; i < ',
  'for (const item of ',
  'for (const [key, value] of Object.entries(',
  'while (true) {',
  'try {',
  '} else {',
  '} else if (',
  '} catch (error) {',
  '} finally {',
  'export default ',
  'export default function ',
  'export const ',
  'export function ',
  'console.log(',
  'console.error(',
  'document.getElementById(',
  'document.querySelector(',
  'document.addEventListener(',
  'module.exports = ',
  'throw new Error(',
  'return new Promise((resolve, reject) => {',
  'await Promise.all(',
  "'use strict';",
];

export const javascriptIdioms: readonly Idiom[] = [
  closingTag,
  { after: /(?:^|\s)function\*? [\w$]+$/, insert: '() {' },
  {
    after: /^\s*(?:export )?(?:default )?(?:async )?function $/,
    insert: (_match, { code }) => {
      const called = undefinedCall(code, /(?:function\*?|class|const|let|var)\s+$/, KEYWORDS);
      return called === null ? (/function main\b/.test(code) ? null : 'main() {') : `${called}() {`;
    },
  },
  { after: /^\s*(?:export )?(?:default )?class [\w$]+(?: extends [\w$.]+)?$/, insert: ' {' },
  { after: /(?:^|\s)function\*? ?[\w$]*\([^()]*\)$/, insert: ' {' },
  { after: /^\s*(?:\} else )?(?:if|while|switch) \(.*[^(\s]\)$/, insert: ' {' },
  { after: /^\s*for \(.*[^(\s]\)$/, insert: ' {' },
  { after: /^\s*for \(let (\w+) = 0; $/, insert: '$1 < ' },
  { after: /^\s*for \(let (\w+) = 0; \1 < [^;]+; $/, insert: '$1++) {' },
  { after: /=>$/, insert: ' ' },
  { after: /^\s*constructor$/, insert: '() {' },
];

const withJsx = parser.configure({ dialect: 'jsx' });

/** Shared with TypeScript, whose parsers are others. */
export const javascriptGrammar: Grammar = {
  parserFor: () => withJsx,
  scopes: new Set([
    ...['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration'],
    ...['Block', 'ForStatement', 'CatchClause', 'ClassBody'],
  ]),
  callables: new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration']),
  classes: new Set(['ClassBody']),
  imports: new Set(['ImportDeclaration']),
  parameters: new Set(['ParamList']),
  declares: ({ name }, parent) =>
    name !== 'VariableDefinition' && name !== 'TypeDefinition'
      ? null
      : parent === 'FunctionDeclaration'
        ? 'around'
        : 'here',
  members: new Set(['PropertyName', 'PropertyDefinition']),
  self: 'this',
};

export const javascript: LanguageTable = {
  grammar: javascriptGrammar,
  ids: ['javascript', 'js', 'jsx', 'node'],
  words: javascriptWords,
  lines: javascriptLines,
  idioms: javascriptIdioms,
  keywords: javascriptKeywords,
  names: [...javascriptNames, ...typescriptWords],
  prior: 'javascript',
  lineComments: ['//'],
  blockComment: ['/*', '*/'],
  quotes: '"\'',
  longQuotes: ['`'],
  regexLiterals: true,
  wordExtras: '$',
};
