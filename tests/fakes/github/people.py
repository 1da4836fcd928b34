"""What people do on GitHub while runs are under way: open, push, close, write, edit, delete."""

from __future__ import annotations

from tests.fakes.github.world import Comment, Issue, Pull, World


class People:
    """Acts of people. Nothing here passes the API, so no token, fault or limit stands in the way."""

    world: World

    def open_pull(
        self,
        head_ref: str,
        base_ref: str = "main",
        author: str = "octo",
        *,
        fork_of: str | None = None,
        draft: bool = False,
        sha: str | None = None,
        title: str = "A change",
    ) -> int:
        """Open a pull request and return its number. `fork_of`: owner/name of the fork that the head lives in.

        `sha`: the head, when it is not what `head_ref` names in the repository behind the fake.
        """
        world = self.world
        with world.lock:
            head = self._commit(sha or head_ref)
            base = self._commit(base_ref)
            number, at = world.number(), world.tick()
            world.users.add(author)
            world.pulls[number] = Pull(
                number=number,
                title=title,
                author=author,
                head_ref=head_ref.removeprefix("refs/heads/"),
                head_sha=head,
                head_repo=fork_of or world.repository,
                base_ref=base_ref,
                base_sha=base,
                created=at,
                updated=at,
                draft=draft,
            )
            world.git.set_ref(f"refs/pull/{number}/head", head)
            return number

    def open_issue(self, author: str = "octo", title: str = "A question", body: str | None = None) -> int:
        """Open an issue that is no pull request."""
        with self.world.lock:
            number = self.world.number()
            self.world.users.add(author)
            self.world.issues[number] = Issue(
                number=number, title=title, author=author, created=self.world.tick(), body=body
            )
            return number

    def push_pull(self, number: int, sha: str) -> None:
        """Move the head of a pull request, as a push or a force-push does; the branch follows unless it is a fork's."""
        world = self.world
        with world.lock:
            pull, head = world.pulls[number], self._commit(sha)
            pull.head_sha, pull.updated = head, world.tick()
            world.git.set_ref(f"refs/pull/{number}/head", head)
            if pull.head_repo == world.repository and world.git.resolve(f"refs/heads/{pull.head_ref}"):
                world.git.set_ref(f"refs/heads/{pull.head_ref}", head)

    def close_pull(self, number: int, *, merged: bool = False) -> None:
        """Close a pull request, or say that it was merged."""
        with self.world.lock:
            pull = self.world.pulls[number]
            pull.state, pull.merged, pull.closed = "closed", merged, self.world.tick()
            pull.updated = pull.closed

    def close_issue(self, number: int, by: str = "ann") -> None:
        """Somebody closes an issue."""
        with self.world.lock:
            self.world.issues[number].turn("closed", self.world.tick(), by)

    def edit_issue(self, number: int, by: str, body: str) -> None:
        """Change the text of an issue or a pull request."""
        with self.world.lock:
            found = self.world.issues.get(number) or self.world.pulls[number]
            found.rewrite(body, by, self.world.tick())

    def reopen_pull(self, number: int) -> None:
        """Open it again."""
        with self.world.lock:
            pull = self.world.pulls[number]
            pull.state, pull.closed, pull.updated = "open", None, self.world.tick()

    def delete_head_repo(self, number: int) -> None:
        """The fork is gone; GitHub says null for it from now on."""
        self.world.pulls[number].head_repo = None

    def comment(
        self, number: int, author: str | None, body: str, *, created: int | None = None, by_app: bool = False
    ) -> int:
        """Write a comment and return its id. `created`: seconds before (negative) or after now; None for now.

        `author` None: the account was deleted since.
        """
        world = self.world
        with world.lock:
            at = world.tick() + (created or 0)
            if author is not None:
                world.users.add(author)
            said = Comment(
                id=world.new_id(),
                number=number,
                author=author,
                body=body,
                created=at,
                updated=at,
                by_app=by_app,
            )
            world.comments[number].append(said)
            world.comments[number].sort(key=lambda c: (c.created, c.id))
            return said.id

    def edit_comment(self, comment_id: int, by: str, body: str) -> None:
        """Change a comment's text, as its author or a maintainer may."""
        with self.world.lock:
            found = self.world.found_comment(comment_id) or self.world.found_review_comment(comment_id)
            assert found is not None, f"no comment {comment_id}"
            found.rewrite(body, by, self.world.tick())

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment or a review comment."""
        with self.world.lock:
            for many in self.world.comments.values():
                many[:] = [said for said in many if said.id != comment_id]
            for at_lines in self.world.review_comments.values():
                at_lines[:] = [said for said in at_lines if said.id != comment_id]

    def _commit(self, name: str) -> str:
        found = self.world.git.resolve(name)
        assert found is not None, f"no commit {name!r} in {self.world.git.dir}"
        return found
