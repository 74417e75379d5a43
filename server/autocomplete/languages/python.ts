import { parser } from '@lezer/python';

import type { Grammar, LanguageTable } from '../types.js';
import { undefinedCall } from './undefined-call.js';

const BUILTINS =
  /^(?:print|len|range|int|str|float|list|dict|set|tuple|open|input|sum|min|max|sorted|enumerate|zip|map|filter|super|isinstance|type|any|all|abs|round|reversed|repr|bool|iter|next|if|while|for|return|and|or|not|in|elif|except|lambda|print)$/;

/** What a method's parameters begin with, when the line stands in a class. */
const inClass = (parentLine: string): boolean => /^class\b/.test(parentLine);

/** What stands behind a name that is given a value. */
const GIVEN: Readonly<Record<string, string>> = { AssignStatement: 'AssignOp', ForStatement: 'in' };

const grammar: Grammar = {
  parserFor: () => parser,
  scopes: new Set(['FunctionDefinition', 'ClassDefinition', 'LambdaExpression']),
  callables: new Set(['FunctionDefinition', 'LambdaExpression']),
  classes: new Set(['ClassDefinition']),
  imports: new Set(['ImportStatement']),
  parameters: new Set(['ParamList']),
  declares(node, parent, imported) {
    if (node.name !== 'VariableName') return null;
    if (imported) return 'here';
    if (parent === 'FunctionDefinition' || parent === 'ClassDefinition') return 'around';
    if (parent === 'ParamList') return node.node.prevSibling?.name === 'AssignOp' ? null : 'here';
    if (parent === 'WithStatement' || parent === 'TryStatement')
      return node.node.prevSibling?.name === 'as' ? 'here' : null;
    const own = parent === 'TupleExpression' ? node.node.parent : node.node;
    const sign = GIVEN[own?.parent?.name ?? ''];
    for (let next = own?.nextSibling; sign !== undefined && next; next = next.nextSibling)
      if (next.name === sign) return 'here';
    return null;
  },
  members: new Set(['PropertyName']),
  self: 'self',
  indented: true,
};

export const python: LanguageTable = {
  grammar,
  ids: ['python', 'py', 'python3'],
  words: (
    'return import print self def for if in range else elif class from while with True False None not and or is ' +
    'try except finally raise lambda yield pass break continue global nonlocal assert async await del as len ' +
    'enumerate isinstance append super __init__ str int list dict set tuple float bool open input sum min max ' +
    'sorted zip map filter any all abs round reversed format items keys values join split strip replace ' +
    'Exception ValueError TypeError KeyError IndexError staticmethod classmethod property dataclass'
  ).split(' '),
  keywords: (
    'return import for if in else elif class from while with True False None not and or is try except finally raise ' +
    'lambda yield pass break continue global nonlocal assert async await del as def'
  ).split(' '),
  names: (
    'cls args kwargs key value values item items name names data result results index i j k n x y z a b c d e f s t p m r v w ' +
    'obj object other node path paths file files filename line lines text string msg message size length count total start ' +
    'stop end step first last prev next current new old left right width height pos position offset line_number lineno col ' +
    'err error exc exception exc_type exc_value tb traceback func function callback handler method fn attr attrs attribute ' +
    'attributes param params parameter options option config settings context ctx parser response request req res url host ' +
    'port address addr sock socket server client conn connection session user username password token tokens code status ' +
    'state flag flags mode level logger log debug info warning warn critical timeout delay interval now date time datetime ' +
    'timedelta year month day hour minute second seconds tzinfo timezone utc root parent child children tree queue stack ' +
    'heap buffer buf chunk block byte bytes bytearray memoryview encoding encode decode utf ascii errors header headers body ' +
    'content payload template output input out stdin stdout stderr stream reader writer fp fd fileno ' +
    'os sys re io json math random time itertools functools collections typing logging subprocess pathlib threading ' +
    'multiprocessing asyncio socket struct copy shutil tempfile types string textwrap contextlib abc enum dataclasses ' +
    'warnings unittest operator argparse csv sqlite3 hashlib hmac base64 pickle uuid decimal fractions statistics bisect ' +
    'heapq weakref inspect traceback signal select platform glob fnmatch zipfile tarfile gzip urllib http email html xml ' +
    'ctypes errno stat locale gettext codecs secrets calendar importlib builtins test support numpy np pandas pd plt ' +
    'path exists isfile isdir join dirname basename abspath realpath splitext expanduser listdir makedirs mkdir remove ' +
    'unlink rename getcwd environ getenv walk sep name linesep fspath stat ' +
    'argv exit executable version version_info platform modules maxsize exc_info getrefcount flush write read readline ' +
    'readlines writelines seek tell truncate close closed fileno isatty ' +
    'add discard update pop popleft popitem clear copy get setdefault has_key extend insert remove index count sort reverse ' +
    'appendleft append rotate fromkeys union intersection difference issubset issuperset symmetric_difference ' +
    'upper lower title capitalize casefold swapcase startswith endswith find rfind rindex replace rsplit splitlines ' +
    'partition rpartition lstrip rstrip center ljust rjust zfill isdigit isalpha isalnum isspace isupper islower ' +
    'isidentifier expandtabs translate maketrans format_map hex oct bin ord chr hash id dir vars locals globals callable ' +
    'getattr setattr hasattr delattr issubclass frozenset complex divmod pow slice compile eval exec memoryview breakpoint ' +
    'match search fullmatch sub subn findall finditer group groups groupdict span escape pattern compile IGNORECASE ' +
    'MULTILINE VERBOSE DOTALL ' +
    'dumps loads dump load Path cwd home glob rglob iterdir read_text write_text read_bytes write_bytes resolve stem suffix ' +
    'is_file is_dir with_suffix relative_to as_posix ' +
    'defaultdict OrderedDict Counter deque namedtuple ChainMap most_common elements ' +
    'partial reduce wraps lru_cache cache cached_property singledispatch total_ordering chain islice count cycle repeat ' +
    'product permutations combinations groupby starmap takewhile dropwhile zip_longest accumulate tee itemgetter attrgetter ' +
    'contextmanager suppress closing nullcontext ExitStack ABC ABCMeta abstractmethod Enum IntEnum IntFlag Flag auto field ' +
    'fields asdict astuple replace ' +
    'Any Optional Union List Dict Tuple Set FrozenSet Callable Iterable Iterator Generator Sequence Mapping MutableMapping ' +
    'TypeVar Generic Protocol Literal Final ClassVar NamedTuple TypedDict Type overload cast TYPE_CHECKING annotations ' +
    '__future__ __all__ __name__ __file__ __doc__ __main__ __version__ __author__ __class__ __dict__ __slots__ __module__ ' +
    '__qualname__ __bases__ __mro__ __annotations__ __wrapped__ __path__ __spec__ __loader__ __package__ __builtins__ ' +
    '__new__ __del__ __repr__ __str__ __bytes__ __format__ __lt__ __le__ __eq__ __ne__ __gt__ __ge__ __hash__ __bool__ ' +
    '__getattr__ __getattribute__ __setattr__ __delattr__ __get__ __set__ __call__ __len__ __getitem__ __setitem__ ' +
    '__delitem__ __iter__ __next__ __reversed__ __contains__ __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ ' +
    '__pow__ __and__ __or__ __xor__ __neg__ __pos__ __abs__ __invert__ __int__ __float__ __index__ __enter__ __exit__ ' +
    '__aenter__ __aexit__ __await__ __aiter__ __anext__ __copy__ __deepcopy__ __reduce__ __reduce_ex__ __getstate__ ' +
    '__setstate__ __init_subclass__ __set_name__ __class_getitem__ __subclasshook__ __instancecheck__ __prepare__ ' +
    '__post_init__ __import__ __traceback__ __cause__ __context__ __debug__ ' +
    'BaseException ArithmeticError AssertionError AttributeError BlockingIOError BrokenPipeError BufferError ' +
    'ChildProcessError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError ' +
    'EnvironmentError FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError ' +
    'ImportWarning IndentationError InterruptedError IsADirectoryError KeyboardInterrupt LookupError MemoryError ' +
    'ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError OverflowError ' +
    'PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning ' +
    'RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError ' +
    'TimeoutError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UserWarning ValueError Warning ' +
    'ZeroDivisionError Ellipsis ' +
    'TestCase setUp tearDown setUpClass assertEqual assertNotEqual assertTrue assertFalse assertIs assertIsNone ' +
    'assertIsNotNone assertIn assertNotIn assertRaises assertRaisesRegex assertIsInstance assertAlmostEqual assertGreater ' +
    'assertLess assertListEqual assertDictEqual assertRegex assertWarns subTest skipTest skipIf skipUnless fail addCleanup ' +
    'mock Mock MagicMock patch pytest fixture mark parametrize raises approx ' +
    'Thread Lock RLock Event Condition Semaphore Queue Process Pool acquire release wait notify notify_all put ' +
    'start run stop join is_alive daemon target current_thread submit shutdown Future ThreadPoolExecutor gather ' +
    'create_task run_until_complete get_event_loop get_running_loop new_event_loop set_result set_exception done cancel ' +
    'cancelled add_done_callback loop sleep call_soon call_later ensure_future wait_for Task ' +
    'ArgumentParser add_argument parse_args add_parser add_subparsers action default help dest nargs required choices ' +
    'metavar store_true prog description epilog usage ' +
    'getLogger basicConfig Handler StreamHandler FileHandler Formatter setLevel addHandler exception DEBUG INFO WARNING ' +
    'ERROR CRITICAL simplefilter catch_warnings stacklevel category filterwarnings ' +
    'Popen PIPE STDOUT DEVNULL check_call check_output CalledProcessError communicate returncode poll kill terminate shell ' +
    'cwd env stdout stderr capture_output check universal_newlines ' +
    'pack unpack calcsize Struct pack_into unpack_from sqrt floor ceil sin cos tan exp log10 pi inf nan isnan isinf gcd ' +
    'randint choice shuffle sample uniform seed monotonic perf_counter strftime strptime isoformat fromtimestamp localtime ' +
    'gmtime utcnow today deepcopy Iterable Sized Hashable Mapping MutableSequence ' +
    'signature Parameter getmembers isclass isfunction ismethod getsource getdoc unwrap import_module find_spec ref proxy ' +
    'WeakKeyDictionary WeakValueDictionary SimpleNamespace MethodType FunctionType ModuleType TracebackType ' +
    'StringIO BytesIO TextIOWrapper BufferedReader RawIOBase urlopen urlparse urljoin quote unquote urlencode parse ' +
    'connect bind listen accept send sendall recv recvfrom sendto setsockopt settimeout gethostname AF_INET SOCK_STREAM ' +
    'cursor execute executemany fetchone fetchall commit rollback ' +
    'mkdtemp mkstemp TemporaryDirectory NamedTemporaryFile rmtree copyfile copytree move which ' +
    'heappush heappop heapify bisect_left bisect_right insort md5 sha1 sha256 hexdigest digest b64encode b64decode ' +
    'array zeros ones arange shape dtype reshape mean std dot T axis ndarray float64 int64 int32 uint8 DataFrame Series ' +
    'columns loc iloc groupby merge read_csv to_csv head figure plot show xlabel ylabel title legend ' +
    'Flask app route jsonify render_template session redirect url_for models Model objects filter get_or_create save ' +
    'CharField ForeignKey create delete all order_by FastAPI BaseModel Depends HTTPException status_code ' +
    'reset setup init build make process handle visit visit_Name generic_visit generate render apply dispatch register ' +
    'lookup resolve validate check normalize convert transform serialize expand collapse push peek empty full qsize ' +
    'main wrapper decorator inner outer base bases kind type types prefix suffix sep delimiter pattern regex fmt spec ' +
    'default defaults verbose quiet force recursive strict readonly required optional enabled disabled version ' +
    'module modules package packages source sources target targets dest destination src dst table row rows column ' +
    'cell grid matrix vector points edges nodes graph weight weights score scores labels label tag tags category ' +
    'mapping dictionary lst arr temp tmp val var cond expr stmt op lhs rhs ret rv retval got expected actual ' +
    'todo seen visited found done ok valid missing unknown empty extra rest remaining limit max_size maxlen min_value ' +
    'max_value threshold ratio scale factor rate ident identifier ns namespace scope frame locale lang charset ' +
    'arg repr indent parts iter idx utils exceptions cmd doc entry instance section event parameters metadata char _name ' +
    'part call ext schema loader command style fullname resource uri kwds chunks ast iterable dist tail util getvalue ' +
    'contents opts typ events mod matches scheme core sig opt setter resp fname Node method_name _value query annotation ' +
    '_cache alias model location sign origin Error validator reason meta prompt visitor auth _state arguments member ' +
    'Context registry Name frozen comp Token delta color components family protocol raw fill typing_extensions _file lock ' +
    'num keyword memo dirs before type_ prop default_value const number link resources proto tok ssl pid fileobj methods ' +
    'credentials element bound members entries waiter depth hostname pkg chars words metaclass extensions formatter ' +
    'Resource sequence module_name type_name dedent resolver lexer filenames classes master candidate _mode archive wrap ' +
    'st_mode keywords clone deprecated environment emit component spawn api _buffer _version owner directory stats ' +
    'properties default_factory argument fragment word content_type Decimal rawdata _path skip states digits gen service ' +
    'aliases parsed finder minutes blocksize common readable optimize seq condition handlers timestamp Pattern formats ' +
    'newline success class_name decorators top hours responses desc pairs separator iterator future curdir Command screen ' +
    'f_code bits _args retries proc distribution cause script region container f_back symbol days _context modname __func__ ' +
    'resolved compiler func_name co_filename normpath exclude field_name override bufsize profile __code__ elem filters ' +
    'dry_run marker extras after runner Call repository to_dict PathLike local nbytes policy document serializer Expr ' +
    'operation Parser _thread report tokenize changes parents errmsg f_globals thread sysconfig Message _type decl comment ' +
    '_reader generator Match validators where isabs linecache _key _getframe existing pool whitespace _get trace eof ' +
    '_result boundary chmod extension NoReturn normcase docs wrapped transport expect compress conditions weekday'
  ).split(' '),
  prior: 'python',
  lines: [
    'if __name__ == "__main__":',
    'for i in range(',
    'for key, value in ',
    'for index, item in enumerate(',
    'while True:',
    'try:',
    'else:',
    'finally:',
    'except Exception as error:',
    'with open(',
    'from typing import ',
    'from dataclasses import dataclass',
    'from collections import defaultdict',
    'import numpy as np',
    'import pandas as pd',
    'raise ValueError(',
    'return None',
    '@dataclass',
    '@property',
    '@staticmethod',
    '@classmethod',
  ],
  idioms: [
    {
      after: /^\s*(?:async )?def ([\p{L}_][\p{L}\p{N}_]*)$/u,
      insert: ([, name], { parentLine }) =>
        inClass(parentLine) || /^__\w+__$/.test(name ?? '') ? '(self):' : '():',
    },
    {
      after: /^\s*(?:async )?def $/,
      insert: (_match, { code, parentLine }) => {
        if (inClass(parentLine)) return /def __init__\b/.test(code) ? null : '__init__(self):';
        const called = undefinedCall(code, /(?:def|class)\s+$/, BUILTINS);
        return called === null ? (/def main\b/.test(code) ? null : 'main():') : `${called}():`;
      },
    },
    { after: /^\s*class [\p{L}_][\p{L}\p{N}_]*(?:\([^)]*\))?$/u, insert: ':' },
    { after: /^\s*(?:async )?def [^()]+\([^()]*\)$/, insert: ':' },
    { after: /^\s*for \w+ in range$/, insert: '(' },
    { after: /^\s*(?:async )?for \w+(?:, \w+)*$/, insert: ' in ' },
    { after: /^\s*(?:async )?for \w+(?:, \w+)* in [^:]*[\w)\]]\)$/, insert: ':' },
    {
      after: /^\s*(?:if|elif|while) .*(?:==|!=|<=?|>=?) ?(?:\d+|"[^"]*"|'[^']*'|None|True|False)$/,
      insert: ':',
    },
    { after: /^\s*self\.(\w+) = $/, insert: '$1' },
    { after: /^\s*super\(\)$/, insert: '.__init__()' },
  ],
  lineComments: ['#'],
  quotes: '"\'',
  longQuotes: ['"""', "'''"],
};
