// Reads a board with @octokit/plugin-paginate-graphql: `node octokit_reader.mjs URL DOCUMENT PAGES`.
// Prints as JSON how long it took, node's start apart, and how many items came; PAGES other than 0 ends it early.

import { readFileSync } from "node:fs";
import { Octokit } from "@octokit/core";
import { paginateGraphQL } from "@octokit/plugin-paginate-graphql";

const [url, file, most] = process.argv.slice(2);
const Paginating = Octokit.plugin(paginateGraphQL);
const octokit = new Paginating({ auth: "test-token", baseUrl: url.replace(/\/graphql$/, "") });

const began = performance.now();
const found = new Map();
let pages = 0;
const read = octokit.graphql.paginate.iterator(readFileSync(file, "utf8"), { owner: "acme", number: 3 });
for await (const page of read) {
  for (const node of page.repositoryOwner.projectV2.items.nodes) found.set(node.id, node);
  pages += 1;
  if (pages === Number(most)) break;
}
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, items: found.size }));
