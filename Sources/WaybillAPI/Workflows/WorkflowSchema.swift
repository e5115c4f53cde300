import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    private static let rule = Schema.object([
        Field("condition", .text(), "As the text has it.", isRequired: true),
        Field("because", .text(), "The sentence that the text gives for it."),
    ])

    private static let command = Schema.object([
        Field("command", .text(), isRequired: true),
        Field("places", .boolean, "Whether it places an order.", isRequired: true),
        Field("roles", .array(.text(), countMax: 1_000), "Who may send it; none: any.", isRequired: true),
        Field("key", .text(), "The field whose value is remembered as long as the order lives."),
        Field("data", .anyObject, "The form of its data, as JSON Schema.", isRequired: true),
        Field("example", .anyObject, "Data that has this form.", isRequired: true),
        Field("guards", .array(rule, countMax: 10_000), "What must be true for it, by its ways.", isRequired: true),
    ])

    static let showSchema = Operation(
        "showWorkflowSchema", .get, "/v1/workflows/{workflow}/schema",
        "Tells which commands orders of a workflow take, who may send each, the form of its data, and the rules.",
        grant: Need(.viewer, .orders),
        query: [Parameter("hash", .text(bytesMax: 64), "Of the text; the one that takes new orders unless said.")],
        answers: [
            Operation.Answer(
                200, "The commands; none: it takes any, without data.",
                .object([
                    Field("id", .text(), isRequired: true), Field("version", .integer(), isRequired: true),
                    Field("hash", .text(), isRequired: true),
                    Field("commands", .array(command, countMax: 10_000), isRequired: true),
                    Field(
                        "attributes", .array(.text(), countMax: 8), "By what lists can be filtered.", isRequired: true),
                    Field(
                        "invariants", .array(rule, countMax: 10_000), "What is true after every event.",
                        isRequired: true),
                    Field(
                        "reservations", .array(.text(), countMax: 10_000),
                        "The sentences that it gives for reservations that come up short.", isRequired: true),
                ]))
        ], problems: [.unknownWorkflow],
        example: Example(
            after: [ExampleShop.rental], .get("/v1/workflows/rental/schema"), 200,
            """
            {"id":"rental","version":1,"hash":"\(ExampleShop.rentalHash)",
             "commands":[{"command":"book","places":true,"roles":["rider"],
               "data":{"type":"object","properties":{"bicycle":{"type":"string","maxLength":4096},
                 "hours":{"anyOf":[{"type":"integer","minimum":0},{"type":"null"}]}},
                "required":["bicycle"],"additionalProperties":false},
               "example":{"bicycle":"bicycle"},"guards":[]},
              {"command":"return","places":false,"roles":[],
               "data":{"type":"object","properties":{},"additionalProperties":false},"example":{},"guards":[]}],
             "attributes":["bicycle"],"invariants":[],"reservations":[]}
            """),
        handler: { call throws(Problem) in
            let workflow = try await edition(call, hash: call.query.text("hash").map { WorkflowHash($0) }).workflow
            return .json { $0.commands(of: workflow) }
        })
}

extension JSONWriter {
    fileprivate mutating func commands(of workflow: Workflow) {
        beginObject()
        member("id", workflow.name.text)
        member("version", workflow.version)
        member("hash", workflow.hash.text)
        members("commands", workflow.commands) { writer, command in
            writer.beginObject()
            writer.member("command", command.name.text)
            writer.member("places", command.name == workflow.creation?.name)
            writer.members("roles", command.roles) { $0.text($1) }
            if let key = command.key { writer.member("key", command.data.fields[key].name) }
            writer.key("data")
            writer.dataSchema(of: command.data)
            writer.key("example")
            writer.json(ExampleData.json(command.data))
            writer.members("guards", workflow.guards(of: command.name)) { $0.rule($1) }
            writer.endObject()
        }
        members("attributes", workflow.attributes) { $0.text(workflow.context.fields[$1].name) }
        members("invariants", workflow.writtenInvariants) { $0.rule($1) }
        members("reservations", workflow.sentencesOfReservations) { $0.text($1) }
        endObject()
    }

    private mutating func rule(_ rule: WrittenRule) {
        beginObject()
        member("condition", rule.condition)
        member("because", ifAny: rule.because)
        endObject()
    }
}
