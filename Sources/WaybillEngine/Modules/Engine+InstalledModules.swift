package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The engine's list of modules.
extension Engine {
    /// Notes that the installation of a module begins; whether it is installed already.
    package func keepModule(_ name: GroupName, since moment: Moment) async throws(Refusal) -> Bool {
        try await withWriter { writer in
            writer.ownWrite { write in try write.transaction.keepModule(name.text, since: moment) }
        }.get()
    }

    /// Notes that a module is installed: an installation that was interrupted before is done again from its beginning.
    package func noteInstalled(_ name: GroupName) async throws(Refusal) {
        try await withWriter { writer in
            writer.ownWrite { write in try write.transaction.noteInstalled(name.text) }
        }.get()
    }

    /// Modules that a file may know.
    private static let modulesMax = 1_000

    /// The modules of the file, by name.
    package func installedModules() throws -> [(name: GroupName, since: Moment, isInstalled: Bool)] {
        try store.read { rows in try rows.modules(after: "", limit: Self.modulesMax) }
            .map { (GroupName($0.name), $0.since, $0.isInstalled) }
    }

    /// From when on a module hears of orders; nil: it is not installed in this file.
    package func moduleSince(_ name: GroupName) throws -> Moment? {
        try store.read { rows in try rows.moduleSince(name.text) }
    }
}
