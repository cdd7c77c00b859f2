// Compiles the TypeScript in each folder as a separate program. Prints a line for each error: the folder, a tab and the
// error.
//
//     node compile.mjs FOLDER ...

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const options = {
	noEmit: true, strict: true, skipLibCheck: false, types: [], lib: ['lib.es2022.d.ts'],
	target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

// The standard declarations of TypeScript take longest to parse, so they are kept for all programs.
const host = ts.createCompilerHost(options);
const parse = host.getSourceFile;
const own = resolve(ts.getDefaultLibFilePath(options), '..');
const parsed = new Map();
host.getSourceFile = (name, ...rest) => {
	if (!resolve(name).startsWith(own)) {
		return parse(name, ...rest);
	}
	if (!parsed.has(name)) {
		parsed.set(name, parse(name, ...rest));
	}
	return parsed.get(name);
};

for (const folder of process.argv.slice(2)) {
	const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.d.ts'));
	const program = ts.createProgram(files.map((name) => join(folder, name)), options, host);
	for (const { file, start, code, messageText } of ts.getPreEmitDiagnostics(program)) {
		const line = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : '';
		console.log(`${folder}\t${line}TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ').replaceAll('\n', ' ')}`);
	}
}
