/** The room: its parts, put into the layout; or the refusal in their place. Draws a RoomSession and hands it what people do. */
import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';

import { DropZone } from '../components/drop-zone.js';
import { EditorPane } from '../components/editor-pane.js';
import { FileTabs } from '../components/file-tabs.js';
import { FollowFrame } from '../components/follow-frame.js';
import { Icon } from '../components/icon.js';
import { LanguageSelect, type LanguageSelectProps } from '../components/language-select.js';
import { lazily, lazyDialog, withStyles } from '../components/lazily.js';
import { NoFiles } from '../components/no-files.js';
import { People } from '../components/people.js';
import { RoomFooter } from '../components/room-footer.js';
import { RoomLayout } from '../components/room-layout.js';
import { RoomMenu } from '../components/room-menu.js';
import { Share } from '../components/share.js';
import { Skeleton } from '../components/skeleton.js';
import { StatusBar } from '../components/status-bar.js';
import { StatusPill } from '../components/status-pill.js';
import { SuggestionChoices, SuggestionsState } from '../components/suggestions-state.js';
import { say } from '../components/toasts.js';
import type { BarAction } from '../connection/status-view.js';
import type { ImportSource } from '../files/gather.js';
import { indentUnitOf } from '../languages/indent.js';
import { canonicalLanguage, languageLabel } from '../languages/list.js';
import { messages } from '../messages.js';
import { me } from '../presence/me.js';
import { navigate, roomPath } from '../router.js';
import { pendingImport, quickOpenShown } from '../store/files-view.js';
import { screen } from '../store/layout.js';
import { manageLink } from '../store/manage-link.js';
import { shareKnown } from '../store/preferences.js';
import { indent, indentStep } from '../store/editor-preferences.js';
import { NARROW, useMediaQuery } from '../support/dom.js';
import { startNewFile } from './file-commands.js';
import { offerCommands } from './offer-commands.js';
import { RefusalPage } from './refusal.js';
import { useEscape } from './people-commands.js';
import { RoomSession } from './room-session.js';

const FilesPanel = lazily(async () => {
  const { FilesPanel: Panel } = await withStyles(
    import('../components/files-panel.js'),
    import('../styles/files-panel.css'),
  );
  return Panel;
});
const KeyRow = lazily(async () => (await import('../components/key-row.js')).KeyRow);
const PeoplePanel = lazily(async () => {
  const { PeoplePanel: Panel } = await withStyles(
    import('../components/people-panel.js'),
    import('../styles/people-panel.css'),
  );
  return Panel;
});
const QuickOpen = lazyDialog(async () => (await import('../components/quick-open.js')).default);
const ImportDialog = lazyDialog(async () => (await import('../components/import-dialog.js')).default);

export interface RoomPageProps {
  readonly roomId: string;
  readonly fresh: boolean;
}

function useSession(roomId: string, fresh: boolean): RoomSession {
  const session = useMemo(() => new RoomSession(roomId, fresh), [roomId]);
  useEffect(() => {
    session.start();
    return () => session.stop();
  }, [session]);
  useEffect(() => offerCommands(session), [session]);
  return session;
}

export default function RoomPage({ roomId, fresh }: RoomPageProps) {
  const session = useSession(roomId, fresh);
  useEscape(session);
  const narrow = useMediaQuery(NARROW);
  const cursor = useSignal({ line: 1, column: 1 });
  const [focusRequest, setFocusRequest] = useState(0);
  const { connection } = session;
  const importFiles = useCallback(
    (source: ImportSource, folder: string) => void session.importFiles(source, folder),
    [session],
  );
  const end = session.end.value;
  const editable = session.editable.value;
  const bar = session.bar.value;
  const roomName = session.name.value;
  const ownerToken = session.ownerToken.value;

  if (end !== null) {
    return (
      <RefusalPage
        code={end.code}
        reason={end.reason}
        closedAt={session.closedAt.value}
        hasCopy={session.files.hasText}
        onAgain={() => connection.retry()}
        onDownload={() => void session.downloadAll()}
        onFork={() => {
          void session.fork().then((id) => id !== null && navigate(roomPath(id)));
        }}
        onReopen={() => void session.discardCopy()}
        onNewRoom={() => navigate('/')}
      />
    );
  }

  const act = (action: BarAction): void => {
    // The button may go with the bar; the keyboard should not be left nowhere.
    setFocusRequest((before) => before + 1);
    switch (action) {
      case 'retry':
        connection.retry();
        return;
      case 'download':
        void session.downloadAll();
        return;
      case 'undo-paste':
        session.undoPaste();
        return;
      case 'reload':
        location.reload();
        return;
    }
  };

  const chooseImport = (choice: 'replace' | 'both'): void => {
    const plan = pendingImport.peek();
    if (plan !== null) session.finishImport(plan, choice);
  };

  const suggestions = {
    suggestions: session.suggestions,
    onAllow: ownerToken === null ? null : (allowed: boolean) => void session.allowModel(allowed),
  };

  const language: LanguageSelectProps = {
    value: session.language.value,
    label: messages.room.language,
    disabled: !editable,
    onChange: (id) => session.changeLanguage(id),
  };

  const naming = {
    onRename: (name: string) => me.rename(name),
    onRecolor: (color: number) => me.recolor(color),
  };
  const people = session.people.value;
  const leaderId = session.follow.leader.value;
  const leader = people.find((one) => one.clientId === leaderId);
  const follow = (clientId: number): void => {
    session.follow.toggle(clientId);
    // On a narrow screen the list covers what one wants to see.
    if (session.follow.leader.peek() !== null) screen.value = 'code';
  };
  return (
    <RoomLayout
      narrow={narrow}
      header={
        <header class="room-header">
          <a class="brand" href="/" aria-label={messages.room.home} title={messages.room.home}>
            <Icon name="brand" />
          </a>
          <h1 class={`room-title${roomName === null ? ' unnamed' : ''}`}>{roomName ?? session.path.value}</h1>
          <StatusPill view={session.view} />
          <span class="header-space" />
          <People people={people} narrow={narrow} leader={leaderId} onFollow={follow} {...naming} />
          {!narrow && <LanguageSelect {...language} />}
          <Share
            link={session.link}
            coach={session.coach.value}
            onKnown={(used) => {
              shareKnown.value = true;
              if (!used) setFocusRequest((before) => before + 1);
            }}
          />
          <RoomMenu
            roomName={roomName}
            language={narrow ? language : null}
            suggestions={narrow && <SuggestionChoices {...suggestions} />}
            onDownload={() => session.download()}
            onCopy={() => void session.copyFile()}
            owner={
              ownerToken === null
                ? null
                : {
                    rename: (name) => session.rename(name),
                    remove: () => session.remove(),
                    manageLink: manageLink(session.link, ownerToken),
                  }
            }
          />
        </header>
      }
      bar={bar !== null && <StatusBar bar={bar} onAction={act} />}
      busy={!editable}
      files={
        <FilesPanel
          files={session.files}
          people={people}
          editable={editable}
          onOpened={() => {
            session.follow.end();
            screen.value = 'code';
          }}
          onDownload={(id) => session.download(id)}
          onDownloadAll={() => void session.downloadAll()}
          onImport={importFiles}
        />
      }
      tabs={
        <FileTabs
          open={session.files.open.value}
          activeId={session.files.activeId}
          people={people}
          editable={editable}
          onShow={(id) => session.openFile(id)}
          onClose={(id) => session.files.close(id)}
          onNew={startNewFile}
        />
      }
      editor={
        <>
          <DropZone enabled={editable} hint={messages.files.dropHint} onDropped={importFiles} />
          {quickOpenShown.value && (
            <QuickOpen
              files={session.files.list.value}
              onOpen={(id) => session.openFile(id)}
              onClose={() => {
                quickOpenShown.value = false;
              }}
            />
          )}
          {pendingImport.value !== null && (
            <ImportDialog
              plan={pendingImport.value}
              onChoose={chooseImport}
              onClose={() => {
                pendingImport.value = null;
              }}
            />
          )}
          {!editable && <Skeleton />}
          {leader !== undefined && <FollowFrame leader={leader} onEnd={session.follow.end} />}
          {session.files.active.value === null ? (
            <NoFiles editable={editable} onNew={startNewFile} />
          ) : (
            <EditorPane
              key={session.files.activeId}
              connection={connection}
              fileId={session.files.activeId}
              places={session.files.places}
              language={session.language.value}
              editable={editable}
              selectAll={fresh && session.everSynced.value && !session.files.wasLeft}
              focusRequest={focusRequest}
              ghost={session.ghost}
              follow={session.follow}
              onWhereabouts={(lines) => {
                session.whereabouts.value = lines;
              }}
              onView={(editor) => {
                session.editor.value = editor;
              }}
              onCursor={(place) => {
                cursor.value = place;
              }}
              onLanguageFailed={(id) => say(messages.notices.languageFailed(languageLabel(id)))}
              onTooLarge={() => say(messages.status.tooLarge)}
            />
          )}
        </>
      }
      panel={{
        people: (
          <PeoplePanel
            people={people}
            leader={leaderId}
            placeOf={(person) => session.placeOf(person)}
            onFollow={follow}
            onJump={(clientId) => {
              screen.value = 'code';
              session.jumpTo(clientId);
            }}
            {...naming}
          />
        ),
      }}
      keyRow={editable && <KeyRow editor={() => session.editor.peek()} />}
      badges={{ people: people.length }}
      footer={
        <RoomFooter
          path={session.path.value}
          cursor={cursor}
          indent={indentStep(indent.value) ?? indentUnitOf(canonicalLanguage(session.language.value))}
          lastUpdate={session.lastUpdate}
          suggestions={<SuggestionsState {...suggestions} />}
        />
      }
    />
  );
}
