/** A few lines to start a new room with, selected so that typing replaces them. Languages without a sample start empty. */

const samples: Readonly<Record<string, string>> = {
  python: 'def greet(name):\n    return f"Hello, {name}!"\n\n\nprint(greet("room"))\n',
  javascript: 'function greet(name) {\n  return `Hello, ${name}!`;\n}\n\nconsole.log(greet("room"));\n',
  typescript:
    'function greet(name: string): string {\n  return `Hello, ${name}!`;\n}\n\nconsole.log(greet("room"));\n',
  java: 'class Main {\n    public static void main(String[] args) {\n        System.out.println("Hello, room!");\n    }\n}\n',
  c: '#include <stdio.h>\n\nint main(void) {\n    puts("Hello, room!");\n    return 0;\n}\n',
  'c++': '#include <iostream>\n\nint main() {\n    std::cout << "Hello, room!\\n";\n    return 0;\n}\n',
  'c#': 'Console.WriteLine("Hello, room!");\n',
  go: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, room!")\n}\n',
  rust: 'fn main() {\n    println!("Hello, room!");\n}\n',
  ruby: 'def greet(name)\n  "Hello, #{name}!"\nend\n\nputs greet("room")\n',
  php: '<?php\n\necho "Hello, room!\\n";\n',
  sql: "SELECT 'Hello, room!' AS greeting;\n",
  html: '<!doctype html>\n<title>Hello</title>\n<h1>Hello, room!</h1>\n',
  shell: '#!/bin/sh\necho "Hello, room!"\n',
  kotlin: 'fun main() {\n    println("Hello, room!")\n}\n',
  swift: 'print("Hello, room!")\n',
  markdown: '# Hello, room!\n',
};

export const sampleOf = (languageId: string): string => samples[languageId] ?? '';
