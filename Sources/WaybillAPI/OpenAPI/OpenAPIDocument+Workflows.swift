import WaybillCore
import WorkflowFile

/// The commands of workflows, as schemas of the document: `standard-order.pay`.
extension JSONWriter {
    /// One schema for each command.
    mutating func commandSchemas(of workflows: [Workflow]) {
        for (name, command) in Self.commands(of: workflows) {
            key(named: Text(name))
            dataSchema(of: command.data)
        }
    }

    /// The body of a command: which of them it is, the path of the request says.
    mutating func anyCommand(of workflows: [Workflow]) {
        beginObject()
        key("anyOf")
        beginArray()
        for (name, _) in Self.commands(of: workflows) {
            beginObject()
            member("$ref", Text("#/components/schemas/\(name)"))
            endObject()
        }
        endArray()
        endObject()
    }

    private static func commands(
        of workflows: [Workflow]
    ) -> [(name: String, command: Workflow.CommandDefinition)] {
        var seen: Set<String> = []
        return workflows.flatMap { workflow in
            workflow.commands.compactMap { command in
                // Names of schemas have fewer letters than names of workflows may have.
                let name = String(
                    "\(workflow.name).\(command.name)".map { letter in
                        letter.isASCII && (letter.isLetter || letter.isNumber || ".-_".contains(letter)) ? letter : "_"
                    })
                return seen.insert(name).inserted ? (name, command) : nil
            }
        }
    }
}
