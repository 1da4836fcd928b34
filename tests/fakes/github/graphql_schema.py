"""The part of GitHub's GraphQL schema that is served here; names and types as GitHub spells them."""

SCHEMA = """
scalar DateTime
scalar GitObjectID
scalar URI
scalar BigInt

enum OrderDirection { ASC DESC }
enum RefOrderField { TAG_COMMIT_DATE ALPHABETICAL }
enum DiffSide { LEFT RIGHT }
enum IssueState { OPEN CLOSED }
enum PullRequestState { OPEN CLOSED MERGED }
enum ReportedContentClassifiers { ABUSE DUPLICATE LOW_QUALITY OFF_TOPIC OUTDATED RESOLVED SPAM }

input RefOrder { direction: OrderDirection! field: RefOrderField! }
input MinimizeCommentInput { classifier: ReportedContentClassifiers! clientMutationId: String subjectId: ID! }
input UnminimizeCommentInput { clientMutationId: String subjectId: ID! }
input ResolveReviewThreadInput { clientMutationId: String threadId: ID! }
input UnresolveReviewThreadInput { clientMutationId: String threadId: ID! }

type Query {
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  rateLimit(dryRun: Boolean = false): RateLimit
  viewer: User!
  node(id: ID!): Node
}
type Mutation {
  minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
  unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
  resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
  unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
}
type MinimizeCommentPayload { clientMutationId: String minimizedComment: Minimizable }
type UnminimizeCommentPayload { clientMutationId: String unminimizedComment: Minimizable }
type ResolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
type UnresolveReviewThreadPayload { clientMutationId: String thread: PullRequestReviewThread }
type RateLimit { cost: Int! limit: Int! remaining: Int! used: Int! resetAt: DateTime! }
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }

interface Node { id: ID! }
interface Actor { login: String! url: URI! }
interface Minimizable { isMinimized: Boolean! minimizedReason: String viewerCanMinimize: Boolean! }
interface GitObject { abbreviatedOid: String! id: ID! oid: GitObjectID! }
type User implements Actor { login: String! url: URI! id: ID! databaseId: Int }
type Bot implements Actor { login: String! url: URI! id: ID! databaseId: Int }

type Repository {
  id: ID!
  databaseId: Int
  name: String!
  nameWithOwner: String!
  isPrivate: Boolean!
  isFork: Boolean!
  defaultBranchRef: Ref
  object(expression: String, oid: GitObjectID): GitObject
  issue(number: Int!): Issue
  pullRequest(number: Int!): PullRequest
  ref(qualifiedName: String!): Ref
  refs(after: String, before: String, first: Int, last: Int, orderBy: RefOrder, query: String,
       refPrefix: String!): RefConnection
}
type RefConnection { nodes: [Ref] pageInfo: PageInfo! totalCount: Int! }
type Ref { id: ID! name: String! prefix: String! target: GitObject }
type Blob implements GitObject {
  abbreviatedOid: String! id: ID! oid: GitObjectID! byteSize: Int! isBinary: Boolean isTruncated: Boolean! text: String
}
type Tree implements GitObject { abbreviatedOid: String! id: ID! oid: GitObjectID! entries: [TreeEntry!] }
type TreeEntry { mode: Int! name: String! oid: GitObjectID! path: String type: String! size: Int! object: GitObject }
type Commit implements GitObject {
  abbreviatedOid: String! id: ID! oid: GitObjectID! message: String! committedDate: DateTime! tree: Tree!
}
type Tag implements GitObject {
  abbreviatedOid: String! id: ID! oid: GitObjectID! name: String! message: String target: GitObject!
}

type Issue implements Node {
  id: ID!
  number: Int!
  title: String!
  body: String!
  state: IssueState!
  closed: Boolean!
  author: Actor
  editor: Actor
  lastEditedAt: DateTime
  viewerDidAuthor: Boolean!
  userContentEdits(after: String, before: String, first: Int, last: Int): UserContentEditConnection
  comments(after: String, before: String, first: Int, last: Int): IssueCommentConnection!
}
type PullRequest implements Node {
  id: ID!
  databaseId: Int
  fullDatabaseId: BigInt
  number: Int!
  title: String!
  body: String!
  url: URI!
  state: PullRequestState!
  closed: Boolean!
  merged: Boolean!
  locked: Boolean!
  isDraft: Boolean!
  isCrossRepository: Boolean!
  author: Actor
  editor: Actor
  lastEditedAt: DateTime
  viewerDidAuthor: Boolean!
  userContentEdits(after: String, before: String, first: Int, last: Int): UserContentEditConnection
  baseRefName: String!
  baseRefOid: GitObjectID!
  headRefName: String!
  headRefOid: GitObjectID!
  headRepository: Repository
  createdAt: DateTime!
  updatedAt: DateTime!
  comments(after: String, before: String, first: Int, last: Int): IssueCommentConnection!
  reviewThreads(after: String, before: String, first: Int, last: Int): PullRequestReviewThreadConnection!
}
type IssueCommentConnection { nodes: [IssueComment] pageInfo: PageInfo! totalCount: Int! }
type UserContentEditConnection { nodes: [UserContentEdit] pageInfo: PageInfo! totalCount: Int! }
type UserContentEdit implements Node {
  id: ID!
  createdAt: DateTime!
  deletedAt: DateTime
  diff: String
  editedAt: DateTime!
  editor: Actor
}
type IssueComment implements Minimizable & Node {
  id: ID!
  databaseId: Int
  fullDatabaseId: BigInt
  author: Actor
  body: String!
  createdAt: DateTime!
  updatedAt: DateTime!
  publishedAt: DateTime
  lastEditedAt: DateTime
  includesCreatedEdit: Boolean!
  editor: Actor
  userContentEdits(after: String, before: String, first: Int, last: Int): UserContentEditConnection
  isMinimized: Boolean!
  minimizedReason: String
  viewerCanMinimize: Boolean!
  viewerDidAuthor: Boolean!
  viewerCanUpdate: Boolean!
  viewerCanDelete: Boolean!
  url: URI!
}
type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread] pageInfo: PageInfo! totalCount: Int! }
type PullRequestReviewThread {
  id: ID!
  diffSide: DiffSide!
  isCollapsed: Boolean!
  isOutdated: Boolean!
  isResolved: Boolean!
  line: Int
  originalLine: Int
  originalStartLine: Int
  path: String!
  resolvedBy: User
  startLine: Int
  viewerCanReply: Boolean!
  viewerCanResolve: Boolean!
  viewerCanUnresolve: Boolean!
  comments(after: String, before: String, first: Int, last: Int): PullRequestReviewCommentConnection!
}
type PullRequestReviewCommentConnection { nodes: [PullRequestReviewComment] pageInfo: PageInfo! totalCount: Int! }
type PullRequestReviewComment implements Minimizable & Node {
  id: ID!
  databaseId: Int
  fullDatabaseId: BigInt
  author: Actor
  body: String!
  createdAt: DateTime!
  updatedAt: DateTime!
  lastEditedAt: DateTime
  includesCreatedEdit: Boolean!
  editor: Actor
  userContentEdits(after: String, before: String, first: Int, last: Int): UserContentEditConnection
  diffHunk: String!
  isMinimized: Boolean!
  minimizedReason: String
  line: Int
  originalLine: Int
  originalStartLine: Int
  outdated: Boolean!
  path: String!
  startLine: Int
  viewerCanMinimize: Boolean!
  viewerDidAuthor: Boolean!
  viewerCanUpdate: Boolean!
  viewerCanDelete: Boolean!
  url: URI!
}
"""
