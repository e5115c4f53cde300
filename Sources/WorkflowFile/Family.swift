package import WaybillCore

/// Workflows that belong together: what each sends to its children and to its parent, those must accept.
extension WorkflowFile {
    /// What is wrong between a workflow and others, with the places in its text.
    ///
    /// - Parameter others: the workflows that it may spawn, and those that may spawn it.
    package static func familyFindings(of workflow: Workflow, among others: [Workflow]) -> [WorkflowFinding] {
        let known = others.filter { $0.name != workflow.name } + [workflow]
        let parents = known.filter { parent in parent.children.contains { $0.workflow == workflow.name } }
        return workflow.relations.flatMap { relation -> [WorkflowFinding] in
            guard let name = relation.child else {
                return parents.flatMap { findings(of: relation, to: $0, role: "child") }
            }
            guard let child = known.first(where: { $0.name == name }) else {
                let nearest = nearestName(to: name.text, among: known.map(\.name.text))
                return [
                    finding(
                        relation, "there is no workflow \(name)",
                        hint: nearest.map { "did you mean '\($0)'?" } ?? "open or check it together with this one")
                ]
            }
            return findings(of: relation, to: child, role: "parent")
        }
    }

    /// Refuses workflows that do not fit each other.
    ///
    /// - Parameter others: workflows that are there already.
    package static func checkFamily(
        _ workflows: [(name: String, workflow: Workflow)], beside others: [Workflow] = []
    ) throws(WorkflowFileError) {
        for (name, workflow) in workflows {
            let findings = familyFindings(
                of: workflow,
                among: workflows.map(\.workflow)
                    + others.filter { other in
                        !workflows.contains { $0.workflow.name == other.name }
                    })
            guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
        }
    }

    /// What of a child's text does not fit the text of a parent in a file.
    package static func findings(ofChild child: Workflow, under parent: Workflow) -> [WorkflowFinding] {
        let told = child.relations.filter { $0.child == nil && $0.command != nil }
            .flatMap { findings(of: $0, to: parent, role: "child") }
        let asked = parent.relations.filter { $0.child == child.name }
            .flatMap { findings(of: $0, to: child, role: "parent") }
        let text = "\(parent.name) version \(parent.version) (\(parent.hash.description.prefix(12)))"
        return (told + asked).map { finding in
            WorkflowFinding(
                severity: .error, line: 1, column: 1, path: "",
                message: "orders under \(text) spawn it, and it does not fit: \(finding.message)",
                hint: finding.hint)
        }
    }

    private static func findings(
        of relation: Workflow.Relation, to receiver: Workflow, role: Text
    ) -> [WorkflowFinding] {
        guard let data = relation.data else { return [] }
        guard !receiver.commands.isEmpty else { return [] }
        guard let command = relation.command.map({ receiver.command($0) }) ?? receiver.creation else {
            let name = relation.command ?? ""
            let nearest = nearestName(to: name.text, among: receiver.commands.map(\.name.text))
            return [
                finding(
                    relation, "the workflow \(receiver.name) has no command \(name)",
                    hint: nearest.map { "did you mean '\($0)'?" })
            ]
        }
        var findings: [WorkflowFinding] = []
        if !command.roles.isEmpty, !command.roles.contains(role) {
            findings.append(
                finding(
                    relation, "\(command.name) of \(receiver.name) may not be sent by \(role)",
                    hint: "add \(role) to its `by:`"))
        }
        for field in data.fields where command.data.slot(field.name) == nil {
            findings.append(finding(relation, "\(command.name) of \(receiver.name) has no data '\(field.name)'"))
        }
        for wanted in command.data.fields {
            guard let slot = data.slot(wanted.name) else {
                if !wanted.isOptional {
                    findings.append(
                        finding(
                            relation, "\(command.name) of \(receiver.name) needs '\(wanted.name)'",
                            hint: "add it to `data:`"))
                }
                continue
            }
            let field = data.fields[slot]
            if !field.type.fits(wanted.type) {
                findings.append(
                    finding(
                        relation,
                        "'\(wanted.name)' is \(field.type.phrase) here, \(command.name) of \(receiver.name) wants "
                            + wanted.type.phrase))
            } else if field.isOptional, !wanted.isOptional {
                findings.append(
                    finding(
                        relation, "'\(wanted.name)' may be NULL here, \(command.name) of \(receiver.name) needs it"))
            }
        }
        return findings
    }

    private static func finding(
        _ relation: Workflow.Relation, _ message: String, hint: String? = nil
    ) -> WorkflowFinding {
        WorkflowFinding(
            severity: .error, line: relation.line, column: relation.column, path: relation.path, message: message,
            hint: hint)
    }
}
