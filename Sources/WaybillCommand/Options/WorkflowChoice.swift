import Foundation
import Waybill
import WaybillCore

/// The workflow under which a command places orders.
struct WorkflowChoice {
    /// Nil: the command names none.
    let name: WorkflowName?
    /// What the order book is opened with, so that it can place orders under it.
    let texts: [WorkflowText]

    /// Takes several: orders are placed under the first, and all of them are opened together.
    init(_ arguments: [String]) throws(CommandFailure) {
        var choices: [WorkflowChoice] = []
        for argument in arguments { choices.append(try WorkflowChoice(argument)) }
        self.init(name: choices.first?.name, texts: choices.flatMap(\.texts))
    }

    private init(name: WorkflowName?, texts: [WorkflowText]) {
        self.name = name
        self.texts = texts
    }

    /// Takes a file, under the name that its text gives itself; a shipped workflow; or a name that the database knows.
    init(_ argument: String?) throws(CommandFailure) {
        guard let argument else {
            name = nil
            texts = []
            return
        }
        let isPath =
            argument.contains("/") || argument.contains(".") || FileManager.default.fileExists(atPath: argument)
        guard isPath || WorkflowText.shipped(argument) != nil else {
            name = WorkflowName(argument)
            texts = []
            return
        }
        let source = try WorkflowSource(argument)
        name = try source.workflow().name
        texts = [WorkflowText(String(decoding: source.bytes, as: UTF8.self), source: source.name)]
    }
}
