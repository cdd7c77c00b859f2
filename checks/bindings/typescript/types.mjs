// Generates TypeScript from WIT files, as `jco types` and `jco guest-types` do:
//
//     node types.mjs FOLDER FILE.wit FOLDER FILE.wit ...
//
// Prints a line of JSON for each file that fails: the folder and the error.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateGuestTypes, generateHostTypes } from '@bytecodealliance/jco-transpile';

const words = process.argv.slice(2);
for (let at = 0; at < words.length; at += 2) {
	const [folder, wit] = words.slice(at, at + 2);
	try {
		for (const [side, generate] of Object.entries({ host: generateHostTypes, guest: generateGuestTypes })) {
			for (const [name, text] of Object.entries(await generate(wit, {}))) {
				const file = join(folder, side, name);
				mkdirSync(dirname(file), { recursive: true });
				writeFileSync(file, text);
			}
		}
	} catch (error) {
		console.log(JSON.stringify({ folder, why: String(error) }));
	}
}
