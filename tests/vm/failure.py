"""How everything here says that it failed: what failed, the evidence, what to do."""


class Failure(Exception):
    def __init__(self, what, evidence="", hint=""):
        super().__init__(what)
        self.what, self.evidence, self.hint = what, evidence.strip(), hint

    def __str__(self):
        text = self.what
        if self.evidence:
            text += ":\n" + "\n".join(f"  {line}" for line in self.evidence.splitlines())
        if self.hint:
            text += f"\n{self.hint}"
        return text
