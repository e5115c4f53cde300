import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Operations {
    static let backupStep = Example.Step(
        .post, "/v1/backups", body: #"{"file":"monday.db","reason":"before the upgrade"}"#)

    static let backUp = Operation(
        "backUp", .post, "/v1/backups",
        "Copies the order book to a new file while it goes on: the copy has everything that was acknowledged before "
            + "its end.",
        grant: Need(.admin), key: .taken,
        body: .fields(
            [
                Field(
                    "file", .text(bytesMax: 1_024),
                    "Its name in the folder of --backup-dir. The owner of the file may name an absolute path instead.",
                    isRequired: true), Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(202, "It is written down and runs.", schema)],
        problems: [.badData, .busy, .keyReused],
        example: Example(
            backupStep, 202,
            #"""
            {"operation":"o1","kind":"backup","state":"running","file":"monday.db","total":null,"done":0,"changed":0,
             "failed":0,"sample":[],"by":"owner",
             "reason":"before the upgrade","started_at":"2026-11-29T12:00:00Z","changed_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: backUp)

    private static func backUp(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let path = try path(try fields.needed("file").string, call)
        let origin = call.origin(because: try call.neededReason(fields))
        let runningMax = call.served.settings.operationsMax
        return try await start(origin, call) { engine, origin in
            // A repeat finds its own copy there, and its answer is under its key.
            if origin.key == nil, let failure = engine.obstacle(toBackupAt: path) {
                throw Problem.badData("file", failure.message)
            }
            return try await engine.startBackup(to: path, by: origin, runningMax: runningMax) { job in
                Reply.form(EngineJob.backup(job)) { $0.operation($1) }
            }.map { .backup($0) }
        }
    }

    /// Where a copy of this name comes to be.
    private static func path(_ name: String, _ call: Call) throws(Problem) -> String {
        if name.hasPrefix("/"), call.principal.isOwner { return name }
        guard !name.contains("/"), !name.hasPrefix("."), !name.isEmpty else {
            throw .badData("file", "it is the name of a file in the folder of --backup-dir, and no path")
        }
        guard let folder = call.served.settings.backupFolder else {
            throw .badData("file", "the server was started without --backup-dir, the folder for copies")
        }
        return folder + "/" + name
    }
}
