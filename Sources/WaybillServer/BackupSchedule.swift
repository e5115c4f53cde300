import Foundation
import Histories
import ServiceLifecycle
import Synchronization
package import Waybill
import WaybillCore
import WaybillEngine
package import WaybillStore
import WaybillTimeouts

/// Keeps copies of a file: makes one when it is due, checks each, brings each to another disk, and removes old ones.
///
/// ```
/// due ──► copy ──► its digest, from reading all of it ──► the other folder ──► older ones go, in both
/// ```
/// All of it follows from what lies in the folders, so a server that was killed anywhere goes on with the next round.
/// Only files are removed whose names are those of its copies.
package struct BackupSchedule: Sendable {
    /// Between two looks at the clock.
    private static let roundMax = Interval.seconds(30)
    /// After a failure.
    private static let rest = Interval.minutes(1)

    private let book: OrderBook
    private let settings: BookServer.Backups
    private let names: BackupNames
    private let folder: String
    private let otherFolder: String?

    /// Takes the folders for copies of this file, and removes what a killed server has left unfinished there.
    package init(_ book: OrderBook, _ settings: BookServer.Backups) throws(ServerFailure) {
        try settings.check(beside: book.path)
        self.book = book
        self.settings = settings
        names = BackupNames(of: book.path)
        folder = BookServer.Backups.place(settings.folder)
        otherFolder = settings.otherFolder.map(BookServer.Backups.place)
        do {
            for folder in [folder, otherFolder].compactMap({ $0 }) {
                try claim(folder)
                for name in try FileManager.default.contentsOfDirectory(atPath: folder) where isRest(name) {
                    try FileManager.default.removeItem(atPath: folder + "/" + name)
                }
            }
        } catch let failure as ServerFailure {
            throw failure
        } catch {
            throw ServerFailure(.badSetting, "a folder for copies cannot be used: \(error)")
        }
    }

    /// Two files of one name would take each other's copies for old ones of their own.
    private func claim(_ folder: String) throws {
        let file = try book.engine.fileID()?.text.string ?? ""
        let mark = folder + "/" + names.origin
        guard FileManager.default.fileExists(atPath: mark) else {
            // A kill may have left half of it.
            if isThere(mark + ".part") { try FileManager.default.removeItem(atPath: mark + ".part") }
            return try CopiedFile.make(file + "\n", at: mark)
        }
        let known = try String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard known == file else {
            throw ServerFailure(
                .badSetting, "\(folder) has copies of another file of the same name (\(mark)); name another folder")
        }
    }

    private func isRest(_ name: String) -> Bool {
        [".part", ".digest.part"].contains {
            name.hasSuffix($0) && names.moment(of: String(name.dropLast($0.count))) != nil
        }
    }

    /// One round: makes the copy that is due, if one is, and looks after those that are there.
    ///
    /// - Returns: the new copy; nil: none was due.
    @discardableResult
    package func step() async throws(BackupFailure) -> BackupCopy? {
        let copy = isDue(at: book.now) ? try await make() : nil
        // A thread of the engine knows no task, and reading copies may take minutes.
        let isCancelled = Atomic(false)
        let looked = await withTaskCancellationHandler { () -> Result<Void, BackupFailure> in
            await book.engine.onThread { (_) -> Result<Void, BackupFailure> in
                do throws(BackupFailure) {
                    return .success(try lookAfterCopies { !isCancelled.load(ordering: .relaxed) })
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
        try looked.get()
        return copy
    }

    private func make() async throws(BackupFailure) -> BackupCopy {
        let copy = try await book.backup(to: folder + "/" + names.name(at: book.now))
        do {
            try await book.engine.audit(copy, by: Origin(caller: "", reason: "every \(settings.every?.text ?? "")"))
        } catch {
            throw BackupFailure(.inputOutput, "\(copy.path) was made, and the audit could not say so: \(error)")
        }
        return copy
    }

    /// Whether the newest copy is as old as copies may become. One that is dated ahead, because the clock was wrong,
    /// does not count.
    private func isDue(at now: Moment) -> Bool {
        guard let every = settings.every else { return false }
        guard let newest = copies(in: folder).last(where: { $0.moment <= now })?.moment else { return true }
        return now.since(newest) >= every
    }

    /// The copies of a folder, the oldest first.
    private func copies(in folder: String) -> [(name: String, moment: Moment)] {
        let found: [String]
        do { found = try FileManager.default.contentsOfDirectory(atPath: folder) } catch { return [] }
        return found.compactMap { name in names.moment(of: name).map { (name, $0) } }
            .sorted { ($0.moment, $0.name) < ($1.moment, $1.name) }
    }

    /// What one copy came to does not keep the others waiting, nor the old ones in place: a disk that is full or away
    /// would fill the other one too.
    private func lookAfterCopies(while mayGoOn: () -> Bool) throws(BackupFailure) {
        var failure: BackupFailure?
        for (name, _) in copies(in: folder) {
            do throws(BackupFailure) {
                try finish(name, while: mayGoOn)
            } catch {
                if error.kind == .ended { throw error }
                failure = failure ?? error
            }
        }
        for folder in [folder, otherFolder].compactMap({ $0 }) {
            do throws(BackupFailure) { try removeOld(in: folder) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// Gives a copy its digest, and brings both to the other folder.
    private func finish(_ name: String, while mayGoOn: () -> Bool) throws(BackupFailure) {
        guard mayGoOn() else { throw BackupFailure(.ended, "the server stops") }
        let path = folder + "/" + name
        if !isThere(path + ".digest") { try writeDigest(of: path, while: mayGoOn) }
        guard let otherFolder else { return }
        for name in [name, name + ".digest"] where !isThere(otherFolder + "/" + name) {
            try CopiedFile.make(of: folder + "/" + name, at: otherFolder + "/" + name, mayGoOn: mayGoOn)
        }
    }

    /// Reads every order and stock of a copy. A damaged one is renamed, so that it does not count; when the reading
    /// failed for another reason, the next round reads it again.
    private func writeDigest(of path: String, while mayGoOn: () -> Bool) throws(BackupFailure) {
        let text: String
        do {
            let copy = try OrderBook.look(path, at: book.now, isShared: false)
            defer { copy.close() }
            let digest = try StateDigest.value(of: copy) {
                guard mayGoOn() else { throw BackupFailure(.ended, "the reading of \(path) was given up") }
            }
            text = "states \(digest)\nevent \(copy.engine.lastPosition.text)\n"
        } catch let failure as BackupFailure {
            throw failure
        } catch {
            guard Self.isDamage(error) else {
                throw BackupFailure(.inputOutput, "the copy \(path) cannot be read now: \(error)")
            }
            guard rename(path, path + ".damaged") == 0 else {
                throw BackupFailure(
                    .damaged, "the copy \(path) is damaged and cannot be renamed (\(Self.systemError)): \(error)")
            }
            throw BackupFailure(.damaged, "the copy \(path) is damaged, and is \(path).damaged now: \(error)")
        }
        try CopiedFile.make(text, at: path + ".digest")
    }

    /// Whether a file is not what it was, and not only hard to reach.
    private static func isDamage(_ error: any Error) -> Bool {
        guard let failure = error as? StoreFailure else { return error is EngineFailure }
        return [.damaged, .notADatabase, .foreign].contains(failure.code)
    }

    private static var systemError: String { String(cString: strerror(errno)) }

    /// Removes the oldest copies beyond those that are kept. Those that are dated ahead take no place of others.
    private func removeOld(in folder: String) throws(BackupFailure) {
        let now = book.now
        for (name, _) in copies(in: folder).filter({ $0.moment <= now }).dropLast(settings.kept) {
            for name in [name, name + ".digest"] {
                guard unlink(folder + "/" + name) == 0 || errno == ENOENT else {
                    throw BackupFailure(
                        .badPlace, "the old copy \(folder)/\(name) cannot be removed: \(Self.systemError)")
                }
            }
        }
    }

    private func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}

extension BackupSchedule {
    /// Lets round follow round, in the real world; in a virtual one nothing goes on by itself.
    struct Loop: Service {
        let schedule: BackupSchedule

        func run() async throws {
            await cancelWhenGracefulShutdown { await schedule.goOn() }
        }
    }

    private func goOn() async {
        let engine = book.engine
        while !Task.isCancelled {
            var wait = min(Self.roundMax, settings.every ?? Self.roundMax)
            do throws(BackupFailure) {
                try await step()
            } catch {
                // The server stops, or the book has: nothing comes any more.
                if Task.isCancelled || book.vitals.stopped != nil || book.vitals.isDraining { return }
                wait = max(wait, min(Self.rest, settings.every ?? Self.rest))
                engine.report(LoopFailure(.backups, error.message, rest: wait))
            }
            // While time stands still nothing comes due.
            guard engine.world.virtualClock == nil else { return }
            await engine.world.rest(wait)
        }
    }
}
